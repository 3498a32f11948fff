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

// The measures of the chart of all results.
const (
	stepWidth  = 30
	stepHeight = 80
)

// distribution draws how many results there are in each step of 10 %, with one's own marked. What
// it shows is said in words beside it.
func distribution(steps []int, own assessment.Percent) template.HTML {
	most := 1
	for _, n := range steps {
		most = max(most, n)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="chart" viewBox="0 0 %d %d" role="img" aria-label="All results" focusable="false">`, stepWidth*len(steps), stepHeight+20)
	for i, n := range steps {
		class, height := "other", float64(n)*stepHeight/float64(most)
		if i == step(own) {
			class = "bar"
		}
		height = max(height, 1) // a line where there is none
		fmt.Fprintf(&b, `<rect class="%s" x="%d" y="%.1f" width="%d" height="%.1f"/>`, class, i*stepWidth+2, stepHeight-height, stepWidth-4, height)
	}
	fmt.Fprintf(&b, `<text x="0" y="%d">0 %%</text><text x="%d" y="%[1]d" text-anchor="end">100 %%</text></svg>`, stepHeight+16, stepWidth*len(steps))
	return template.HTML(b.String())
}

// step is the place of a percentage among the ten steps.
func step(p assessment.Percent) int { return min(int(p)/1000, 9) }

// among says in words where a percentage is among all.
func among(steps []int, own assessment.Percent) string {
	all := 0
	for _, n := range steps {
		all += n
	}
	i := step(own)
	return fmt.Sprintf("Of %d results, %d are from %d %% to %d %%, as yours is.", all, steps[i], i*10, i*10+10)
}
