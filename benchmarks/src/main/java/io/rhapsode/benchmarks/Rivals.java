/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import gov.nist.javax.sip.header.Via;
import gov.nist.javax.sip.header.ViaList;
import gov.nist.javax.sip.message.SIPMessage;
import gov.nist.javax.sip.message.SIPRequest;
import gov.nist.javax.sip.message.SIPResponse;
import gov.nist.javax.sip.parser.StringMsgParser;
import io.pkts.buffer.Buffers;
import io.pkts.packet.sip.SipMessage;
import io.pkts.packet.sip.address.SipURI;
import io.pkts.packet.sip.address.URI;
import io.pkts.packet.sip.header.SipHeader;
import io.pkts.packet.sip.header.ViaHeader;
import io.rhapsode.wire.sip.SipUri;
import java.io.IOException;
import java.text.ParseException;
import org.openjdk.jmh.infra.Blackhole;

/**
 * The same messages read by others: of our fields those they have getters for. Neither of them reads the session
 * description here, nor looks for defects, which is to their advantage.
 */
final class Rivals {
    private Rivals() {}

    /** What ours does not read for this comparison are its other fields. Texts are slices, as with pkts-sip. */
    static void ours(byte[] message, Blackhole sink) {
        var sip = io.rhapsode.wire.sip.SipMessage.of(message, 0, message.length);
        sink.consume(sip.method());
        uri(sip.requestUri(), sink);
        sink.consume(sip.statusCode());
        sink.consume(sip.reasonPhrase());
        sink.consume(sip.callId());
        sink.consume(sip.cseqNumber());
        sink.consume(sip.cseqMethod());
        sink.consume(sip.from().tag());
        sink.consume(sip.from().displayName());
        uri(sip.from().uri(), sink);
        sink.consume(sip.to().tag());
        sink.consume(sip.to().displayName());
        uri(sip.to().uri(), sink);
        sip.contacts().forEach(contact -> uri(contact.uri(), sink));
        for (var via : sip.vias()) {
            sink.consume(via.branch());
            sink.consume(via.host());
            sink.consume(via.port());
            sink.consume(via.received());
        }
        sink.consume(sip.maxForwards());
        sink.consume(sip.contentType());
        sink.consume(sip.contentLength());
        sink.consume(sip.userAgent());
        sink.consume(sip.server());
        sink.consume(sip.expires());
        sink.consume(sip.assertedIdentities());
        sink.consume(sip.extensions().reasons());
    }

    private static void uri(SipUri uri, Blackhole sink) {
        sink.consume(uri.user());
        sink.consume(uri.host());
        sink.consume(uri.port());
    }

    /** pkts-sip, which like ours reads a field when it is asked for. */
    static void pkts(byte[] message, Blackhole sink) throws IOException {
        SipMessage sip = SipMessage.frame(Buffers.wrap(message.clone()));
        if (sip.isRequest()) {
            sink.consume(sip.getMethod());
            uri(sip.toRequest().getRequestUri(), sink);
        } else {
            sink.consume(sip.toResponse().getStatus());
            sink.consume(sip.toResponse().getReasonPhrase());
        }
        sink.consume(sip.getCallIDHeader().getCallId());
        sink.consume(sip.getCSeqHeader().getSeqNumber());
        sink.consume(sip.getCSeqHeader().getMethod());
        sink.consume(sip.getFromHeader().getTag());
        sink.consume(sip.getFromHeader().getAddress().getDisplayName());
        uri(sip.getFromHeader().getAddress().getURI(), sink);
        sink.consume(sip.getToHeader().getTag());
        sink.consume(sip.getToHeader().getAddress().getDisplayName());
        uri(sip.getToHeader().getAddress().getURI(), sink);
        if (sip.getContactHeader() != null) {
            uri(sip.getContactHeader().getAddress().getURI(), sink);
        }
        for (ViaHeader via : sip.getViaHeaders()) {
            sink.consume(via.getBranch());
            sink.consume(via.getHost());
            sink.consume(via.getPort());
            sink.consume(via.getReceived());
        }
        if (sip.getMaxForwards() != null) {
            sink.consume(sip.getMaxForwards().getMaxForwards());
        }
        if (sip.getContentTypeHeader() != null) {
            sink.consume(sip.getContentTypeHeader().getValue());
        }
        sink.consume(sip.getContentLength());
        for (String name : TEXTS) {
            SipHeader header = sip.getHeader(name).orElse(null);
            sink.consume(header == null ? null : header.getValue());
        }
    }

    private static final String[] TEXTS = {"User-Agent", "Server", "Expires", "P-Asserted-Identity", "Reason"};

    private static void uri(URI uri, Blackhole sink) {
        if (uri instanceof SipURI sip) {
            sink.consume(sip.getUser());
            sink.consume(sip.getHost());
            sink.consume(sip.getPort());
        }
    }

    /** jain-sip-ri, which reads all of the message at once. */
    static void jain(StringMsgParser parser, byte[] message, Blackhole sink) throws ParseException {
        SIPMessage sip = parser.parseSIPMessage(message, true, false, null);
        if (sip instanceof SIPRequest request) {
            sink.consume(request.getMethod());
            uri(request.getRequestURI(), sink);
        } else if (sip instanceof SIPResponse response) {
            sink.consume(response.getStatusCode());
            sink.consume(response.getReasonPhrase());
        }
        sink.consume(sip.getCallId().getCallId());
        sink.consume(sip.getCSeq().getSeqNumber());
        sink.consume(sip.getCSeq().getMethod());
        sink.consume(sip.getFromHeader().getTag());
        sink.consume(sip.getFrom().getAddress().getDisplayName());
        uri(sip.getFrom().getAddress().getURI(), sink);
        sink.consume(sip.getToHeader().getTag());
        sink.consume(sip.getTo().getAddress().getDisplayName());
        uri(sip.getTo().getAddress().getURI(), sink);
        if (sip.getContactHeader() != null) {
            uri(sip.getContactHeader().getAddress().getURI(), sink);
        }
        ViaList vias = sip.getViaHeaders();
        for (Via via : vias) {
            sink.consume(via.getBranch());
            sink.consume(via.getHost());
            sink.consume(via.getPort());
            sink.consume(via.getReceived());
        }
        sink.consume(sip.getMaxForwards());
        sink.consume(sip.getContentTypeHeader());
        sink.consume(sip.getContentLength());
        for (String name : TEXTS) {
            sink.consume(sip.getHeader(name));
        }
    }

    private static void uri(javax.sip.address.URI uri, Blackhole sink) {
        if (uri instanceof javax.sip.address.SipURI sip) {
            sink.consume(sip.getUser());
            sink.consume(sip.getHost());
            sink.consume(sip.getPort());
        }
    }
}
