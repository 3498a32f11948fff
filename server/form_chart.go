package server

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/clientele-crm/clientele/assessment"
)

// bar draws a percentage, which stands beside it as text: nobody has to see it. It has no style of its
// own, which the policy of the page would refuse.
func bar(p assessment.Percent) template.HTML {
	return template.HTML(fmt.Sprintf(`<svg class="chart" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true" focusable="false">`+
		`<rect class="rail" width="100" height="1"/><rect class="bar" width="%s" height="1"/></svg>`, p)) // there are only numbers in it
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
	many := fmt.Sprint(steps[i], " are")
	if steps[i] < 2 {
		many = "no other is"
	}
	return fmt.Sprintf("Of %d results, %s from %d %% to %d %%, as yours is.", all, many, i*10, i*10+10)
}
