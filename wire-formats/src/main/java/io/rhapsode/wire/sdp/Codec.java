/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sdp;

import io.rhapsode.wire.Text;

/**
 * A format of a media line (RFC 8866 sections 5.14, 6.6 and 6.15).
 *
 * @param format as the media line has it: an RTP payload type number, "t38", "*", ...
 * @param name encoding name of rtpmap, of the static assignments of RFC 3551 where there is none; else empty
 * @param clockRate in Hz, 0 where unknown
 * @param channels audio channels, 1 where not said
 * @param parameters of fmtp, empty where there are none
 */
public record Codec(Text format, Text name, int clockRate, int channels, Text parameters) {}
