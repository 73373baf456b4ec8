"""The demo company: Vlotlijn, trains and buses, wholly invented, with people, accounts and three weeks of history."""
