"""The pure decision core: it is told everything, and knows no database, no network, no clock and no chance."""
