/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import com.google.protobuf.ByteString;
import io.rhapsode.schema.DeadLetter;
import io.rhapsode.schema.Topic;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;

/**
 * What a step of the topology failed at with an exception that nobody foresaw becomes a dead letter in the same
 * transaction, and the partition goes on: a record that is met again after each restart would stop it for good. The other
 * steps have the record all the same, so its packet is parsed and counted, and the letter tells what is missing beside.
 *
 * <p>Exceptions of Kafka and of the state stores are not of the record: for those the thread stops and is replaced.
 */
public final class PoisonRecords implements ProcessingExceptionHandler {

    static final String REASON = "processing-failed";

    private static final int MOST_FRAMES = 5;

    private String stage;
    private String topic;

    /** Thrown of a call that is given up, where no record is at hand: its state goes into the dead letter. */
    static final class CallFailed extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient byte[] callId;
        private final transient byte[] state;

        CallFailed(byte[] callId, byte[] state, RuntimeException cause) {
            super("a call was given up: " + cause, cause);
            this.callId = callId;
            this.state = state;
        }
    }

    /** With the settings of Kafka Streams, in which the dead-letter topic and the stage are. */
    @Override
    public void configure(Map<String, ?> configs) {
        topic = (String) configs.get(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG);
        stage = (String) configs.get(StreamConfig.STAGE);
    }

    @Override
    public Response handleError(ErrorHandlerContext context, Record<?, ?> record, Exception trouble) {
        if (trouble instanceof KafkaException) {
            return Response.fail();
        }
        byte[] key = trouble instanceof CallFailed call ? call.callId : context.sourceRawKey();
        int room = ParseProcessor.room(key == null ? 0 : key.length);
        byte[] value = letter(context, trouble, room).toByteArray();
        return Response.resume(List.of(new ProducerRecord<>(topic, null, key, value, Topic.DEAD_LETTER.headers())));
    }

    private DeadLetter letter(ErrorHandlerContext context, Exception trouble, int room) {
        byte[] value = trouble instanceof CallFailed call ? call.state : context.sourceRawValue();
        var letter = DeadLetter.newBuilder()
                .setReason(REASON)
                .setDetail(context.processorNodeId() + ": " + detail(trouble))
                .setStage(stage)
                .setAtUs(System.currentTimeMillis() * 1_000);
        if (value != null) {
            letter.setValue(ByteString.copyFrom(value, 0, Math.min(value.length, room)))
                    .setCut(value.length > room);
        }
        if (context.topic() != null) {
            letter.setTopic(context.topic()).setPartition(context.partition()).setOffset(context.offset());
        }
        return letter.build();
    }

    /** What was thrown and where, in one line. */
    static String detail(Throwable trouble) {
        var detail = new StringBuilder(ParseProcessor.cut(trouble.toString()));
        Throwable origin = trouble.getCause() == null ? trouble : trouble.getCause();
        StackTraceElement[] frames = origin.getStackTrace();
        for (int i = 0; i < Math.min(MOST_FRAMES, frames.length); i++) {
            detail.append(i == 0 ? " at " : " < ").append(frames[i]);
        }
        return detail.toString();
    }
}
