package visible

// names are the hidden characters that people are likely to meet.
var names = map[rune]string{
	0x00: "zero byte", 0x07: "bell", 0x08: "backspace", 0x09: "tab", 0x0A: "line feed", 0x0D: "carriage return",
	0x1B: "escape", 0x7F: "delete", 0x85: "next line", 0x9B: "control sequence",
	0xA0: "no-break space", 0xAD: "soft hyphen", 0x034F: "combining grapheme joiner", 0x061C: "Arabic letter mark",
	0x115F: "Hangul filler", 0x1160: "Hangul filler", 0x3164: "Hangul filler", 0xFFA0: "Hangul filler",
	0x1680: "Ogham space", 0x180E: "Mongolian vowel separator",
	0x2002: "en space", 0x2003: "em space", 0x2007: "figure space", 0x2009: "thin space", 0x200A: "hair space",
	0x200B: "zero width space", 0x200C: "zero width non-joiner", 0x200D: "zero width joiner",
	0x200E: "left-to-right mark", 0x200F: "right-to-left mark", 0x2028: "line separator", 0x2029: "paragraph separator",
	0x202A: "left-to-right embedding", 0x202B: "right-to-left embedding", 0x202C: "end of embedding",
	0x202D: "left-to-right override", 0x202E: "right-to-left override", 0x202F: "narrow no-break space",
	0x205F: "mathematical space", 0x2060: "word joiner", 0x2066: "left-to-right isolate", 0x2067: "right-to-left isolate",
	0x2068: "first strong isolate", 0x2069: "end of isolate", 0x3000: "ideographic space",
	0xFE0E: "text variation", 0xFE0F: "emoji variation", 0xFEFF: "byte order mark",
}

// lookAlikes are Cyrillic and Greek letters that are drawn like Latin ones.
var lookAlikes = map[rune]rune{
	'А': 'A', 'В': 'B', 'Е': 'E', 'З': '3', 'К': 'K', 'М': 'M', 'Н': 'H', 'О': 'O', 'Р': 'P', 'С': 'C', 'Т': 'T', 'У': 'Y', 'Х': 'X',
	'а': 'a', 'е': 'e', 'о': 'o', 'р': 'p', 'с': 'c', 'у': 'y', 'х': 'x', 'і': 'i', 'ј': 'j', 'ѕ': 's', 'І': 'I', 'Ј': 'J', 'Ѕ': 'S',
	'ԁ': 'd', 'һ': 'h', 'ӏ': 'l', 'ԛ': 'q', 'ԝ': 'w',
	'Α': 'A', 'Β': 'B', 'Ε': 'E', 'Ζ': 'Z', 'Η': 'H', 'Ι': 'I', 'Κ': 'K', 'Μ': 'M', 'Ν': 'N', 'Ο': 'O', 'Ρ': 'P', 'Τ': 'T', 'Υ': 'Y', 'Χ': 'X',
	'ο': 'o', 'ν': 'v', 'ι': 'i', 'κ': 'k', 'ρ': 'p',
	'‐': '-', '‑': '-', '‒': '-', '–': '-', '−': '-',
}
