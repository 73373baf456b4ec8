// Bluesky's own development network: directory, data server and AppView, on ports of their own.
//
// node network.cjs FOLDER: the packages are in FOLDER/node_modules. One line of JSON says where it listens; it ends when
// its standard input does, so that it never outlives whoever started it.
const from = (name) => require(require.resolve(name, { paths: [process.argv[2]] }));
const { TestNetwork } = from("@atproto/dev-env");
const { Client } = from("pg");

// The embedded PostgreSQL comes without pg_trgm, which serves nothing but three indexes for looking people up by name.
const trigrams = /create extension if not exists pg_trgm|gist_trgm_ops/;
const query = Client.prototype.query;
Client.prototype.query = function (asked, ...more) {
  if (typeof asked === "string") return query.call(this, trigrams.test(asked) ? "select 1" : asked, ...more);
  if (trigrams.test(asked?.text ?? "")) asked.text = "select 1";
  return query.call(this, asked, ...more);
};

async function main() {
  const network = await TestNetwork.create({
    dbPostgresSchema: "bluesky",
    pds: { rateLimitsEnabled: true },
  });
  process.stdout.write(`${JSON.stringify({ pds: network.pds.url, appview: network.bsky.url })}\n`);
  const end = async () => {
    await network.close();
    process.exit(0);
  };
  process.stdin.on("end", end).resume();
}

main().catch((problem) => {
  console.error(problem);
  process.exit(1);
});
