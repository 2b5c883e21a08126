"""The attack graph of a running desk: searched by name, told on pages, written as OpenGraph. Reads."""
