/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From captured frames up to the messages in them: UDP, TCP and SCTP put together again, SIP, MSRP and WebSocket cut out
 * of the octets of TCP. State is kept by the clock of the packets and is bounded.
 */
package io.rhapsode.wire.transport;
