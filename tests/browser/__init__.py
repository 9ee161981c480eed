"""Tests in real browsers, under the headers that are shipped."""
