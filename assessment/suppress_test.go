package assessment

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Every line that is left is the same as those of enough others, and says nothing new.
func TestSuppressedLinesAreAlike(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		fields := []field{{0, 1}, {1, 4}, {4, 5}, {5, 6}}
		cells := rapid.SliceOfN(rapid.SampledFrom([]string{"", "0", "1", "2"}), 6, 6)
		var lines []line
		for i := range rapid.IntRange(minStatistics, 200).Draw(t, "lines") {
			l := line{cells: cells.Draw(t, "cells")}
			if i >= minStatistics {
				l.who.UUID[0] = rapid.ByteMax(9).Draw(t, "who") // 0 is nobody
			}
			lines = append(lines, l)
		}
		var were [][]string
		for _, l := range lines {
			were = append(were, slices.Clone(l.cells))
		}
		suppress(lines, fields)
		alike := map[string][]line{}
		for i, l := range lines {
			key := strings.Join(l.cells, ",")
			alike[key] = append(alike[key], l)
			for _, f := range fields {
				now, was := l.cells[f.from:f.to], were[i][f.from:f.to]
				require.True(t, slices.Equal(now, was) || strings.Join(now, "") == "", "%v of %v", now, was)
			}
		}
		for cells, group := range alike {
			require.GreaterOrEqual(t, people(group), minStatistics, cells)
		}
	})
}

func TestOnlySmallCellsAreSuppressed(t *testing.T) {
	t.Parallel()
	var lines []line
	for i := range 20 {
		lines = append(lines, line{cells: []string{"x", fmt.Sprint(i / 10)}})
	}
	lines = append(lines, line{cells: []string{"x", "9"}})
	suppress(lines, []field{{0, 1}, {1, 2}})
	counts := map[string]int{}
	for _, l := range lines {
		counts[strings.Join(l.cells, ",")]++
	}
	require.Equal(t, map[string]int{"x,": 11, "x,1": 10}, counts, "one would be known by being empty: so the next rarest is too")
}

func TestNoCellIsAFormula(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "|x", "%x", "＝1+1", "＋1", "－1", "＠x"} {
		require.Equal(t, "'"+text, plain(text))
	}
	for _, text := range []string{"", "a=1", "1", "é", "\xff"} {
		require.Equal(t, text, plain(text))
	}
}
