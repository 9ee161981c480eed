"""The look: what every face of Sereno shares on screen and on paper: style, icons, languages, the words of an alert.

A leaf: it imports nothing of ours, so that every package that speaks to people may import it.
"""
