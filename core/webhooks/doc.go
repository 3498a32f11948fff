// Package webhooks tells other systems of a company's events, by HTTP: each event is posted to
// every endpoint that asks for it, signed as Standard Webhooks (standardwebhooks.com) say,
// tried again over days, and kept in a log with each attempt and its answer.
//
// [Webhooks] is the service of a company's endpoints and deliveries. A [Dispatcher] makes the
// deliveries of the relay's events and sends them as jobs, by a [Sender]: package core/outbound
// has one that does not let a stranger's URL reach into the network that it runs in.
//
// A receiver gets an event at least once, and not always in order. It tells a repetition by the
// header webhook-id, which is the event's id.
package webhooks
