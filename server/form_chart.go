package server

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/clientele-crm/clientele/assessment"
)

// The measures of a chart, in its own units.
const (
	barLength = 300
	barHeight = 14
	barStep   = 46
)

// chart draws dimensions as bars, with their names and percentages as text: whoever cannot see
// it hears the same from the list beside it. It has no style of its own, which the policy of
// the page would refuse.
func chart(dimensions []assessment.DimensionView) template.HTML {
	var b strings.Builder
	height := barStep * len(dimensions)
	fmt.Fprintf(&b, `<svg class="chart" viewBox="0 0 %d %d" role="img" aria-label="Your profile" focusable="false">`, barLength, height)
	for i, d := range dimensions {
		y := i * barStep
		label := d.Label
		if d.Band != "" {
			label += ": " + d.Band
		}
		length := float64(d.Percentage) * barLength / float64(assessment.Full)
		fmt.Fprintf(&b, `<text x="0" y="%d">%s</text>`, y+16, template.HTMLEscapeString(short(label, 34)))
		fmt.Fprintf(&b, `<text class="number" x="%d" y="%d" text-anchor="end">%s %%</text>`, barLength, y+16, d.Percentage)
		fmt.Fprintf(&b, `<rect class="rail" x="0" y="%d" width="%d" height="%d" rx="3"/>`, y+22, barLength, barHeight)
		fmt.Fprintf(&b, `<rect class="bar" x="0" y="%d" width="%.1f" height="%d" rx="3"/>`, y+22, length, barHeight)
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()) // all texts in it are escaped
}

// short is a text of at most n characters.
func short(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return text
}
