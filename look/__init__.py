"""The look: what every face of Sereno shares on screen and on paper: style, icons, languages, the words of an alert.

It imports nothing of ours but `protocol`, so that every package that speaks to people may import it.
"""
