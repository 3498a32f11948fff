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
package scheduling
