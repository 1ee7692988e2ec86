/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sdp;

import io.rhapsode.wire.Text;

/**
 * A b= line (RFC 8866 section 5.8).
 *
 * @param type "AS" and "CT" in kbit/s, "TIAS" (RFC 3890), "RS" and "RR" (RFC 3556) in bit/s
 * @param value as stated, in the type's unit
 */
public record Bandwidth(Text type, long value) {}
