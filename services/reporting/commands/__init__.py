"""The one way anything changes in reporting: a report is built."""
