// Package assessment asks people questions and makes something of the answers: assessments,
// which are scored, and questionnaires, which are not. Both are forms.
//
// [Score] is a pure function: a definition and answers in, a result out. It needs no store, no
// clock and no randomness, and every score is exact: a third of a point is a third of a point.
//
// The services ([Assessments], [Questionnaires], [Public]) keep forms as drafts that people edit and as
// versions that never change, take answers, and keep the results.
package assessment
