"""Tests of what is read of a page: title, authors, date."""
