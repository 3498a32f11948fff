// Package duplicates finds the records of people that may be about one person. It knows no
// store: records go in, scored pairs with their reasons come out.
//
// It works in two steps, since comparing everybody with everybody takes the square of their
// number. A [Profile] has a few keys ([Profile.Keys]), and only those who share one are compared:
// a phone's last digits, the part of an e-mail address before the @, the sound of the name, and
// parts of the name together with the place. Then [Compare] adds up points for and against, says
// what for, and two thresholds make of the sum a [Likelihood].
//
// The points are judgements about real address books, and few: none is fitted to a corpus. What
// they come to on public ones is printed by the benchmark.
package duplicates
