// Scores answers in memory: no database, no clock, no randomness.
package main

import (
	"fmt"
	"log"

	"github.com/clientele-crm/clientele/assessment"
)

const definition = `{"kind": "assessment", "questions": [
  {"id": "primes", "question": "Which are prime?", "type": "multiple_choice", "isRequired": true, "points": 0,
   "options": [{"id": "2", "text": "2"}, {"id": "3", "text": "3"}, {"id": "4", "text": "4"}, {"id": "5", "text": "5"}]}],
 "scoringLogic": {"items": [{"question": "primes", "kind": "multi", "points": {"2": "1/3", "3": "1/3", "5": "1/3"}}]}}`

func main() {
	d, err := assessment.Parse([]byte(definition))
	if err != nil {
		log.Fatal(err)
	}
	r, err := assessment.Score(d, []assessment.Answer{{QuestionID: "primes", OptionIDs: []assessment.OptionID{"2", "5"}}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s of %s points, %s %%\n", r.TotalScore, r.MaxScore, r.Percentage)
}
