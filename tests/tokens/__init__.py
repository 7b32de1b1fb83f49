"""Tests of the tokens package; every token in them is minted here."""
