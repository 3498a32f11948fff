// Package scheduling has agendas, which say when they can be booked, and the appointments in
// them, which never collide.
//
// [Agendas] keeps the agendas, [Appointments] the appointments. What can be booked is computed by
// package scheduling/slots, which lists and books by one predicate. Whatever the concurrency,
// no member has two appointments at once: a booking locks the agenda and its members, and the
// database itself refuses what overlaps.
package scheduling
