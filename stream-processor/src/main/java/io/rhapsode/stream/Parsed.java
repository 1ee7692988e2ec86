/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.DeadLetter;
import io.rhapsode.schema.SipMessage;
import java.util.List;

/**
 * What became of one raw record: a message or a dead letter, the other is null.
 *
 * @param topicMessage the message as the topic has it, a serialized {@link SipMessage}
 * @param message what calls are followed by of it, see {@link CallMessages}
 * @param captureNode for the counts
 * @param receivedMicros when the gateway received it, microseconds since 1970-01-01 UTC
 */
record Parsed(byte[] topicMessage, SipMessage message, DeadLetter deadLetter, String captureNode, long receivedMicros) {

    List<byte[]> topicMessages() {
        return topicMessage == null ? List.of() : List.of(topicMessage);
    }

    List<SipMessage> messages() {
        return message == null ? List.of() : List.of(message);
    }

    List<DeadLetter> deadLetters() {
        return deadLetter == null ? List.of() : List.of(deadLetter);
    }
}
