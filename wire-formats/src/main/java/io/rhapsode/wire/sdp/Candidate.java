/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sdp;

import io.rhapsode.wire.Text;

/**
 * An ICE candidate (RFC 8839 section 5.1).
 *
 * @param transport "UDP", "TCP", as sent
 * @param address IP address, or a name that ends in ".local" in place of one
 * @param port 0 where broken
 * @param type "host", "srflx", "prflx", "relay"
 */
public record Candidate(Text transport, Text address, int port, Text type) {}
