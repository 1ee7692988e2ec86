/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sdp;

import java.util.List;

/**
 * A media description (RFC 8866 section 5.14).
 *
 * @param type "audio", "video", "image", "application", ...
 * @param port 0 for a media that is refused or off
 * @param protocol "RTP/AVP", "UDP/TLS/RTP/SAVPF", "udptl", ...
 * @param address of its own c= line, or of the session's; empty where neither is there
 * @param direction "sendrecv", "sendonly", "recvonly" or "inactive": its own, the session's, or the default sendrecv
 * @param codecs in the order of the media line, the preferred one first
 * @param rtcpPort of a=rtcp (RFC 3605), 0 where not said
 * @param iceCandidates number of a=candidate lines (RFC 8839 section 5.1)
 */
public record Media(
        String type,
        int port,
        String protocol,
        String address,
        String direction,
        List<Codec> codecs,
        int rtcpPort,
        int iceCandidates) {}
