package duplicates_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/crm/duplicates"
)

// person is a record of a Febrl corpus, and whose it is.
type person struct {
	is     string
	record duplicates.Record
}

func febrl(tb testing.TB, name string) (people []person) {
	dir := os.Getenv("CLIENTELE_TEST_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	file, err := os.Open(filepath.Join(dir, name))
	if os.IsNotExist(err) {
		tb.Skip("without the public data there is nothing to measure")
	}
	require.NoError(tb, err)
	defer file.Close()
	in := csv.NewReader(file)
	in.TrimLeadingSpace = true
	rows, err := in.ReadAll()
	require.NoError(tb, err)
	for _, row := range rows[1:] {
		people = append(people, person{strings.Split(row[0], "-")[1], duplicates.Record{
			Name:     row[1] + " " + row[2],
			Location: strings.Join(row[3:9], " "),
			Phones:   []string{row[10]},
		}})
	}
	return people
}

// corpora are the public ones, and the least F1 of their pairs that are at least possible.
var corpora = []struct {
	file string
	f1   float64
}{{"febrl-dataset1.csv", 0.95}, {"febrl-dataset3.csv", 0.90}}

// scan counts the pairs that an index finds from a score on, the right and the wrong ones, and
// those that there are.
func scan(people []person, from int) (right, wrong, all int) {
	x := duplicates.NewIndex[int]()
	seen := map[string]int{}
	for i, p := range people {
		profile := duplicates.Of(p.record)
		for _, f := range x.Find(profile) {
			switch {
			case f.Score < from:
			case people[f.Name].is == p.is:
				right++
			default:
				wrong++
			}
		}
		x.Add(i, profile)
		all += seen[p.is]
		seen[p.is]++
	}
	return right, wrong, all
}

func quality(right, wrong, all int) (precision, recall, f1 float64) {
	return float64(right) / float64(right+wrong), float64(right) / float64(all), 2 * float64(right) / float64(right+wrong+all)
}

func TestThePublicCorporaAreSolvedWithOneSetting(t *testing.T) {
	t.Parallel()
	for _, c := range corpora {
		precision, recall, f1 := quality(scan(febrl(t, c.file), duplicates.PossibleFrom))
		t.Logf("%s: precision %.4f, recall %.4f, F1 %.4f", c.file, precision, recall, f1)
		require.GreaterOrEqual(t, f1, c.f1, c.file)
	}
}

// BenchmarkScan finds the duplicates of the public corpora, and prints how well at each threshold.
func BenchmarkScan(b *testing.B) {
	for _, c := range corpora {
		people := febrl(b, c.file)
		for _, from := range []struct {
			name  string
			score int
		}{{"possible", duplicates.PossibleFrom}, {"probable", duplicates.ProbableFrom}} {
			b.Run(fmt.Sprintf("%s/%s-from-%d", c.file, from.name, from.score), func(b *testing.B) {
				var precision, recall, f1 float64
				for b.Loop() {
					precision, recall, f1 = quality(scan(people, from.score))
				}
				b.ReportMetric(precision, "precision")
				b.ReportMetric(recall, "recall")
				b.ReportMetric(f1, "F1")
			})
		}
	}
}
