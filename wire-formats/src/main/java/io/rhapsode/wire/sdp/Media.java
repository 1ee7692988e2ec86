/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sdp;

import io.rhapsode.wire.Text;
import java.util.List;

/**
 * A media description (RFC 8866 section 5.14). Texts are empty and numbers 0 where it does not say.
 *
 * @param type "audio", "video", "image", "application", "message", ...
 * @param port 0 for a media that is refused or off
 * @param protocol "RTP/AVP", "UDP/TLS/RTP/SAVPF", "udptl", "TCP/MSRP", ...
 * @param address of its own c= line, or of the session's
 * @param direction "sendrecv", "sendonly", "recvonly" or "inactive": its own, the session's, or the default sendrecv
 * @param codecs in the order of the media line, the preferred one first
 * @param bandwidths its b= lines
 * @param rtcpPort of a=rtcp (RFC 3605)
 * @param rtcpAddress of a=rtcp, where it has one
 * @param rtcpMux true where RTCP may come on the port of RTP (RFC 5761)
 * @param packetTime a=ptime in milliseconds (RFC 8866 section 6.4)
 * @param mid its name in groups (RFC 5888)
 * @param label its name outside of SDP (RFC 4574), as SIPREC has it
 * @param candidates a=candidate lines, at most {@link Sdp#MAX_CANDIDATES}
 * @param fingerprint of its DTLS certificate, or of the session's: "sha-256 AB:CD:..." (RFC 8122 section 5)
 * @param setup who connects: "active", "passive", "actpass" (RFC 4145)
 * @param keying how its keys are agreed: "sdes" (a=crypto, RFC 4568), "dtls" (RFC 5763), "zrtp" (RFC 6189), "mikey"
 *     (RFC 4567), or empty. The keys themselves are not read.
 * @param cryptoSuites of a=crypto: "AES_CM_128_HMAC_SHA1_80", ...
 * @param path a=path, where MSRP goes (RFC 4975 section 8.1)
 */
public record Media(
        Text type,
        int port,
        Text protocol,
        Text address,
        Text direction,
        List<Codec> codecs,
        List<Bandwidth> bandwidths,
        int rtcpPort,
        Text rtcpAddress,
        boolean rtcpMux,
        int packetTime,
        Text mid,
        Text label,
        List<Candidate> candidates,
        Text fingerprint,
        Text setup,
        Text keying,
        List<Text> cryptoSuites,
        Text path) {

    /** True if its sender puts the other on hold (RFC 3264 section 8.4), or did by the old way of address 0.0.0.0. */
    public boolean isHold() {
        return port > 0 && (direction.is("sendonly") || direction.is("inactive") || address.is("0.0.0.0"));
    }

    /** True for fax over IP (ITU-T T.38 annex D). */
    public boolean isT38() {
        return protocol.isInAnyCase("udptl")
                || type.is("image")
                        && !codecs.isEmpty()
                        && codecs.get(0).format().isInAnyCase("t38");
    }

    /** True for media over RTP, whatever its profile ("RTP/AVP", "UDP/TLS/RTP/SAVPF"). */
    public boolean isRtp() {
        return isRtp(protocol);
    }

    static boolean isRtp(Text protocol) {
        byte[] bytes = protocol.array();
        for (int at = protocol.start(); at + 2 < protocol.end(); at++) {
            if (bytes[at] == 'R' && bytes[at + 1] == 'T' && bytes[at + 2] == 'P') {
                return true;
            }
        }
        return false;
    }

    /** True for messages over MSRP (RFC 4975 section 8). */
    public boolean isMsrp() {
        return protocol.isInAnyCase("tcp/msrp") || protocol.isInAnyCase("tcp/tls/msrp");
    }

    /** "address:port", "[address]:port" for IPv6; empty if it has none of both. */
    public String endpoint() {
        if (port == 0 || address.isEmpty()) {
            return "";
        }
        String host = address.toString();
        return (host.indexOf(':') >= 0 ? '[' + host + ']' : host) + ':' + port;
    }
}
