// Package scheduling has agendas, which say when they can be booked, and the appointments in
// them, which never collide.
//
// [Agendas] keeps the agendas, [Appointments] the appointments. What can be booked is computed by
// package scheduling/slots, which lists and books by one predicate. Whatever the concurrency,
// no member has two appointments at once: a booking locks the agenda and its members, and the
// database itself refuses what overlaps.
//
// Appointments that recur are a [Series], by a rule of RFC 5545. [Feeds] are private addresses at which
// calendar programs read appointments, and package scheduling/ical writes what they read.
// [Calendars] are those that members keep elsewhere, which take their time.
//
// Who the clients are and who can take appointments is for the embedder to say, by [Clients] and [Members]
// of the [Tx]. Package clientele has contacts as the one, and the members of identity as the other: who is
// deactivated there or leaves is booked no more from then on, and what they have is told by
// [Appointments.OutOfHours]. An embedder with users of its own gives Members, or takes those who leave out of
// the agendas; [EndFeeds] ends their feeds.
package scheduling
