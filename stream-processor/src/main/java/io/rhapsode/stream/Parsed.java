/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.DeadLetter;
import io.rhapsode.schema.SipMessage;
import java.util.List;

/**
 * What became of one raw record: a message or a dead letter, the other is null.
 *
 * @param captureNode for the counts
 * @param receivedMicros when the gateway received it, microseconds since 1970-01-01 UTC
 */
record Parsed(SipMessage message, DeadLetter deadLetter, String captureNode, long receivedMicros) {

    List<SipMessage> messages() {
        return message == null ? List.of() : List.of(message);
    }

    List<DeadLetter> deadLetters() {
        return deadLetter == null ? List.of() : List.of(deadLetter);
    }
}
