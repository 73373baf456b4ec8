// The pages' own dictionary, and what stands in the head of both.

import { $, h, icon, keep, kept } from "/static/dom.js";

const WORDS = {
  en: {
    band: "Sandbox — nothing here leaves this machine",
    square: "Town square",
    faults: "Fault panel",
    x: "X", xdm: "X messages", facebook: "Facebook", messenger: "Messenger", instagram: "Instagram", igdirect: "Instagram messages", mastodon: "Mastodon", mastodondm: "Mastodon, direct", bluesky: "Bluesky", blueskydm: "Bluesky chat", google_business: "Google reviews", google_play: "Google Play", app_store: "App Store", mailbox: "E-mail", subject: "Subject; empty goes on with the conversation",
    stars: "{n} of 5 stars", howMany: "How many stars", sayReview: "What do you think of {company}?", answerBelow: "{company} can’t post here: it answers below a review, once.",
    you: "You are", someone: "Somebody else", yourName: "A name of your own", beThem: "Be this person",
    reach: "{n} followers", nobodyYet: "Nobody follows you yet", native: "in the network’s own app",
    asCompany: "The company itself", customers: "Customers",
    sayX: "What is happening, {name}?", sayPage: "Write on {company}’s page…", sayBelow: "Comment below {company}’s newest post…", sayOwn: "Write on your own timeline about {company}…",
    sayCompany: "Post as {company}…", sayMessage: "Message…", replyTo: "Answer {name}…",
    onPage: "On the page", onOwn: "On my timeline", onTheirs: "Below their newest post", inStory: "In a story", post: "Post", reply: "Reply", send: "Send", cancel: "Cancel",
    edit: "Edit", remove: "Delete", save: "Save", beAuthor: "Be {name}", picture: "Add a picture", pictureOf: "What does the picture show?",
    answers: "{name} answered", edited: "edited", gone: "This post was deleted.", goneMessage: "This message was deleted.", hiddenPost: "hidden by the company",
    tagged: "mentions {company}", quiet: "Nobody has said anything yet.", quietHint: "Choose who you are and write the first post.",
    noMessages: "No messages with {name} yet.", chats: "Conversations", noCompany: "No company has an account here yet.",
    noCompanyHint: "Start the desk’s demo, or make one:", makeCompany: "Make an account", companyName: "Name of the company",
    followers: "{n} followers", page: "Page", official: "Verified", wrote: "{name} wrote", viaDesk: "through the desk", viaNative: "in the app",
    quote: "Quote", quoteOf: "Quote {name}…", feelLike: "Like", feelShare: "Share", feelLove: "Love", feelHaha: "Haha", feelWow: "Wow", feelSad: "Sad", feelAngry: "Angry",
    appDesk: "The desk has this conversation.", appOther: "Another app has this conversation.", appAsked: "Another app has this conversation; the desk asks for it.",
    deedpass: "Give it to the desk", deedtake: "Other app takes it", deedask: "Other app asks for it", deedread: "Mark as read", deskTold: "The desk was told.",
    crowd: "The crowd", crowdHint: "Invented customers who write by themselves.", off: "Off", normal: "Normal", fast: "Fast",
    backstage: "Behind the scenes", toFaults: "Open the fault panel", chooseChat: "Choose a conversation.",
    left: "{n} characters left", lost: "The sandbox does not answer. Is it running?", theme: "Light or dark", language: "Nederlands",
    elsewhere: "A picture that lies elsewhere: {alt}", likes: "{n} likes", like: "1 like", now: "now", minutes: "{n} min", hours: "{n} h", days: "{n} d",
    // the fault panel
    toSquare: "Town square", arm: "Arm a fault", what: "What goes wrong", where: "On which network", every: "Every network", whenTo: "What it strikes",
    everything: "Everything", matchRead: "Reading", matchWrite: "Writing and sending", matchPublic: "Public replies", matchPrivate: "Private messages", matchHook: "Every webhook", matchOwn: "A pattern of my own",
    pattern: "Regular expression on “METHOD /path”, or “DELIVER event address”", times: "How often", once: "Once", three: "3 times", always: "Until cleared",
    seconds: "Seconds", secondsHelp: "how long; empty for the usual {n} s", status: "Status", statusHelp: "500 to 599", code: "Error code", codeHelp: "Facebook’s, such as 4, 190 or 10", subcode: "Subcode", subcodeHelp: "Facebook’s, such as 2018278",
    armNow: "Arm it", armed: "Armed", nothingArmed: "Nothing is armed: every network behaves.", clear: "Clear", clearAll: "Clear all",
    strikes: "struck {n}×", leftTimes: "{n} to go", used: "used up", untilCleared: "until cleared",
    pending: "Webhook deliveries", noDeliveries: "No webhook has been told anything yet.", requests: "Latest requests of the desk", noRequests: "The desk has not asked anything since the sandbox started.",
    colTime: "Time", colNetwork: "Network", colRequest: "Request", colStatus: "Status", colMs: "ms", colFault: "Fault", colEvent: "Event", colTo: "To", colState: "State", attempts: "{n} attempts",
    statePending: "waiting", stateDelivered: "delivered", stateFailed: "failed", stateLost: "lost", hungUp: "none",
    mails: "Caught mail", noMails: "The desk has sent no e-mail yet.", noSubject: "(no subject)", mailTo: "to {to}, {ago}", file: "{name} ({kb} kB)",
    groupAnswer: "Wrong answers", groupLine: "Broken lines", groupHook: "Webhooks", groupMail: "Mail servers", groupClock: "The clock",
  },
  nl: {
    band: "Sandbox — niets hiervan verlaat deze computer",
    square: "Dorpsplein",
    faults: "Storingspaneel",
    x: "X", xdm: "X-berichten", facebook: "Facebook", messenger: "Messenger", instagram: "Instagram", igdirect: "Instagram-berichten", mastodon: "Mastodon", mastodondm: "Mastodon, direct", bluesky: "Bluesky", blueskydm: "Bluesky-chat", google_business: "Google-reviews", google_play: "Google Play", app_store: "App Store", mailbox: "E-mail", subject: "Onderwerp; leeg gaat verder met het gesprek",
    stars: "{n} van de 5 sterren", howMany: "Hoeveel sterren", sayReview: "Wat vind je van {company}?", answerBelow: "{company} kan hier niets plaatsen: het antwoordt onder een review, één keer.",
    you: "Jij bent", someone: "Iemand anders", yourName: "Een eigen naam", beThem: "Wees deze persoon",
    reach: "{n} volgers", nobodyYet: "Nog geen volgers", native: "in de app van het netwerk zelf",
    asCompany: "Het bedrijf zelf", customers: "Klanten",
    sayX: "Wat gebeurt er, {name}?", sayPage: "Schrijf op de pagina van {company}…", sayBelow: "Reageer onder het nieuwste bericht van {company}…", sayOwn: "Schrijf op je eigen tijdlijn over {company}…",
    sayCompany: "Plaats een bericht als {company}…", sayMessage: "Bericht…", replyTo: "Antwoord {name}…",
    onPage: "Op de pagina", onOwn: "Op mijn tijdlijn", onTheirs: "Onder hun nieuwste bericht", inStory: "In een verhaal", post: "Plaatsen", reply: "Reageren", send: "Versturen", cancel: "Annuleren",
    edit: "Bewerken", remove: "Verwijderen", save: "Bewaren", beAuthor: "Wees {name}", picture: "Foto toevoegen", pictureOf: "Wat staat er op de foto?",
    answers: "{name} heeft geantwoord", edited: "bewerkt", gone: "Dit bericht is verwijderd.", goneMessage: "Dit bericht is verwijderd.", hiddenPost: "verborgen door het bedrijf",
    tagged: "noemt {company}", quiet: "Hier heeft nog niemand iets gezegd.", quietHint: "Kies wie je bent en schrijf het eerste bericht.",
    noMessages: "Nog geen berichten met {name}.", chats: "Gesprekken", noCompany: "Nog geen bedrijf heeft hier een account.",
    noCompanyHint: "Start de demo van de desk, of maak er een:", makeCompany: "Account maken", companyName: "Naam van het bedrijf",
    followers: "{n} volgers", page: "Pagina", official: "Geverifieerd", wrote: "{name} schreef", viaDesk: "via de desk", viaNative: "in de app",
    quote: "Citeren", quoteOf: "Citeer {name}…", feelLike: "Vind ik leuk", feelShare: "Delen", feelLove: "Geweldig", feelHaha: "Haha", feelWow: "Wow", feelSad: "Verdrietig", feelAngry: "Boos",
    appDesk: "De desk heeft dit gesprek.", appOther: "Een andere app heeft dit gesprek.", appAsked: "Een andere app heeft dit gesprek; de desk vraagt erom.",
    deedpass: "Geef aan de desk", deedtake: "Andere app neemt over", deedask: "Andere app vraagt erom", deedread: "Markeer als gelezen", deskTold: "De desk heeft het gehoord.",
    crowd: "De menigte", crowdHint: "Verzonnen klanten die uit zichzelf schrijven.", off: "Uit", normal: "Gewoon", fast: "Snel",
    backstage: "Achter de schermen", toFaults: "Naar het storingspaneel", chooseChat: "Kies een gesprek.",
    left: "nog {n} tekens", lost: "De sandbox antwoordt niet. Draait hij nog?", theme: "Licht of donker", language: "English",
    elsewhere: "Een foto die elders staat: {alt}", likes: "{n} keer leuk", like: "1 keer leuk", now: "nu", minutes: "{n} min", hours: "{n} u", days: "{n} d",
    toSquare: "Dorpsplein", arm: "Zet een storing klaar", what: "Wat er misgaat", where: "Op welk netwerk", every: "Elk netwerk", whenTo: "Wat het treft",
    everything: "Alles", matchRead: "Lezen", matchWrite: "Schrijven en versturen", matchPublic: "Openbare antwoorden", matchPrivate: "Privéberichten", matchHook: "Elke webhook", matchOwn: "Een eigen patroon",
    pattern: "Reguliere expressie op “METHOD /pad”, of “DELIVER gebeurtenis adres”", times: "Hoe vaak", once: "Eén keer", three: "3 keer", always: "Tot het gewist is",
    seconds: "Seconden", secondsHelp: "hoe lang; leeg voor de gewone {n} s", status: "Status", statusHelp: "500 tot 599", code: "Foutcode", codeHelp: "van Facebook, zoals 4, 190 of 10", subcode: "Subcode", subcodeHelp: "van Facebook, zoals 2018278",
    armNow: "Zet klaar", armed: "Klaargezet", nothingArmed: "Er staat niets klaar: elk netwerk gedraagt zich.", clear: "Wis", clearAll: "Wis alles",
    strikes: "{n}× toegeslagen", leftTimes: "nog {n}", used: "opgebruikt", untilCleared: "tot het gewist is",
    pending: "Webhook-leveringen", noDeliveries: "Er is nog geen webhook iets verteld.", requests: "Laatste verzoeken van de desk", noRequests: "De desk heeft nog niets gevraagd sinds de sandbox startte.",
    colTime: "Tijd", colNetwork: "Netwerk", colRequest: "Verzoek", colStatus: "Status", colMs: "ms", colFault: "Storing", colEvent: "Gebeurtenis", colTo: "Naar", colState: "Toestand", attempts: "{n} pogingen",
    statePending: "wacht", stateDelivered: "bezorgd", stateFailed: "mislukt", stateLost: "verloren", hungUp: "geen",
    mails: "Opgevangen e-mail", noMails: "De desk heeft nog geen e-mail verstuurd.", noSubject: "(geen onderwerp)", mailTo: "aan {to}, {ago}", file: "{name} ({kb} kB)",
    groupAnswer: "Verkeerde antwoorden", groupLine: "Haperende lijnen", groupHook: "Webhooks", groupMail: "Mailservers", groupClock: "De klok",
  },
};

export const language = {
  get now() {
    return kept("language") || (navigator.language.startsWith("nl") ? "nl" : "en");
  },
};

/** A word or sentence, with its blanks filled in. */
export function t(name, blanks = {}) {
  const text = WORDS[language.now][name] ?? WORDS.en[name] ?? name;
  return text.replace(/\{(\w+)\}/g, (_, blank) => blanks[blank] ?? "");
}

export function number(value) {
  return new Intl.NumberFormat(language.now).format(value);
}

/** How long ago, as social networks write it. */
export function ago(iso) {
  const minutes = Math.floor((Date.now() - new Date(iso)) / 60000);
  if (minutes < 1) return t("now");
  if (minutes < 60) return t("minutes", { n: minutes });
  if (minutes < 24 * 60) return t("hours", { n: Math.floor(minutes / 60) });
  if (minutes < 7 * 24 * 60) return t("days", { n: Math.floor(minutes / 60 / 24) });
  return new Date(iso).toLocaleDateString(language.now, { day: "numeric", month: "short", year: "numeric" });
}

const THEMES = { "": "light", light: "dark", dark: "" };

/** The language and theme switches; `again` draws the page anew. */
export function head(again) {
  document.documentElement.lang = language.now;
  document.documentElement.toggleAttribute("data-theme", Boolean(kept("theme")));
  if (kept("theme")) document.documentElement.setAttribute("data-theme", kept("theme"));
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = t(element.dataset.word);
  $("tools").replaceChildren(
    h("button", {
      type: "button", class: "quiet", lang: language.now === "nl" ? "en" : "nl", text: t("language"),
      on: { click: () => { keep("language", language.now === "nl" ? "en" : "nl"); again(); } },
    }),
    h("button", {
      type: "button", class: "quiet round", title: t("theme"), "aria-label": t("theme"),
      on: { click: () => { keep("theme", THEMES[kept("theme")] ?? ""); again(); } },
    }, icon("theme")),
  );
}
