/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.DeadLetter;
import io.rhapsode.schema.LogEvent;
import io.rhapsode.schema.MediaReport;
import io.rhapsode.schema.SipMessage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;

/**
 * What became of one raw record: a SIP message, a media report, a log event or a dead letter, the others are null. A
 * SIP message may have a media report beside it.
 *
 * @param topicMessage the message as the topic has it, a serialized {@link SipMessage}
 * @param message what calls are followed by of it, see {@link CallMessages}
 * @param captureNode for the counts
 * @param receivedMicros when the gateway received it, microseconds since 1970-01-01 UTC
 */
record Parsed(
        byte[] topicMessage,
        SipMessage message,
        MediaReport mediaReport,
        LogEvent logEvent,
        DeadLetter deadLetter,
        String captureNode,
        long receivedMicros) {

    /** Bytes, key and value, at most, of the longest record that it is on a topic. */
    int longest() {
        int sip = topicMessage == null ? 0 : topicMessage.length + mostBytes(message.getCallId());
        int report = mediaReport == null ? 0 : mediaReport.getSerializedSize() + mostBytes(mediaReport.getCallId());
        int event = logEvent == null ? 0 : logEvent.getSerializedSize() + mostBytes(logEvent.getCallId());
        return Math.max(Math.max(sip, report), event);
    }

    private static int mostBytes(String text) {
        return 3 * text.length();
    }

    List<byte[]> topicMessages() {
        return topicMessage == null ? List.of() : List.of(topicMessage);
    }

    List<SipMessage> messages() {
        return message == null ? List.of() : List.of(message);
    }

    /** Under the Call-ID that the report is about, which in a PUBLISH is another than the message's own. */
    List<KeyValue<Bytes, MediaReport>> mediaReports(Bytes key) {
        return mediaReport == null ? List.of() : List.of(KeyValue.pair(key(mediaReport.getCallId(), key), mediaReport));
    }

    List<KeyValue<Bytes, LogEvent>> logEvents(Bytes key) {
        return logEvent == null ? List.of() : List.of(KeyValue.pair(key(logEvent.getCallId(), key), logEvent));
    }

    List<DeadLetter> deadLetters() {
        return deadLetter == null ? List.of() : List.of(deadLetter);
    }

    private static Bytes key(String callId, Bytes otherwise) {
        return callId.isEmpty() ? otherwise : Bytes.wrap(callId.getBytes(StandardCharsets.UTF_8));
    }
}
