// Package server is Clientele over HTTP: an [http.Handler] that speaks JSON under /api/v1,
// says what it speaks in /openapi.json, and shows it at /docs.
//
// A resource is one file, such as contacts.go: a list of operations, each with its method,
// path, access and handler. A handler decodes, calls one method of a service, and encodes;
// the services check permissions. [Operations] lists them all, in operation.go.
//
//   - The input of a handler is a struct with path, query and header parameters, and Body.
//     Embed [Paged] or [Counted] for a list, [IfMatch] for a change; Body is a [Patch] for PATCH. Whatever is
//     embedded has to be exported: huma overlooks the rest.
//   - What is answered is one resource (one), a page (list) or nothing (done).
//   - Errors of the services are answered as they are, by the table in problem.go.
//
// # Idempotency-Key
//
// A POST with an Idempotency-Key is done once: sent again within 24 hours, to any server of the
// same database, it is answered the same; while the first is at work, with 409. The note of it
// is not in the transaction of the change, so there is one limit to the promise: where a server
// dies after the change and before its answer is kept, or works on it for longer than 2 minutes,
// a request with the same key may be done again 2 minutes after the first began. What must
// never be there twice needs a rule of its own, as the addresses of contacts have.
package server
