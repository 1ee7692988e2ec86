/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import com.google.protobuf.InvalidProtocolBufferException;
import io.rhapsode.schema.Generation;
import io.rhapsode.schema.Topic;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The kinds of documents: which topic's values they are made of, and how they are named. */
public enum Document {
    MESSAGE(Topic.SIP) {
        @Override
        void write(byte[] value, JsonBytes json, IndexNames names) throws InvalidProtocolBufferException {
            MessageDocument.write(value, json, names);
        }
    },
    CALL(Topic.CALLS) {
        @Override
        void write(byte[] value, JsonBytes json, IndexNames names) throws InvalidProtocolBufferException {
            CallDocument.write(value, json, names);
        }
    },
    MEDIA(Topic.MEDIA) {
        @Override
        void write(byte[] value, JsonBytes json, IndexNames names) throws InvalidProtocolBufferException {
            MediaDocument.write(value, json, names);
        }
    },
    LOG(Topic.LOGS) {
        @Override
        void write(byte[] value, JsonBytes json, IndexNames names) throws InvalidProtocolBufferException {
            LogDocument.write(value, json, names);
        }
    },
    COUNT(Topic.COUNTS) {
        @Override
        void write(byte[] value, JsonBytes json, IndexNames names) throws InvalidProtocolBufferException {
            CountDocument.write(value, json, names);
        }
    },
    KPI(Topic.KPIS) {
        @Override
        void write(byte[] value, JsonBytes json, IndexNames names) throws InvalidProtocolBufferException {
            KpiDocument.write(value, json, names);
        }
    };

    /** Elasticsearch takes ids of up to 512 bytes; 160 characters are at most 480. */
    private static final int LONGEST_ID_PART = 160;

    private final Topic topic;
    private final String later;

    Document(Topic topic) {
        this.topic = topic;
        this.later = topic.topicName() + "-v";
    }

    /**
     * Writes the two lines that stand for it in a bulk: the action and the document.
     *
     * @param value as it is on the topic
     */
    abstract void write(byte[] value, JsonBytes json, IndexNames names) throws InvalidProtocolBufferException;

    /** The same where every index is a day's, as it is unless it is set otherwise. */
    public void write(byte[] value, JsonBytes json) throws InvalidProtocolBufferException {
        write(value, json, IndexNames.DAILY);
    }

    /** The topic's name on Kafka. */
    String topicName() {
        return topic.topicName();
    }

    /** The topic's name on Kafka in a generation. */
    String topicName(Generation generation) {
        return generation.topic(topic);
    }

    /** @param topicName in whatever generation */
    static Document of(String topicName) {
        for (var document : values()) {
            if (document.topic.topicName().equals(topicName) || topicName.startsWith(document.later)) {
                return document;
            }
        }
        throw new IllegalArgumentException("no documents are made of topic " + topicName);
    }

    /** The action line of a document that is what it is: written again it is the same. */
    static void action(JsonBytes json, String index, String id) {
        json.object()
                .object("index")
                .text("_index", index)
                .text("_id", id)
                .end()
                .end()
                .newline();
    }

    /**
     * The action line of a document that replaces older ones of its id.
     *
     * @param version of two documents of one id the one with the higher version stays
     * @param versionType "external", or "external_gte" where the same version may come again
     */
    static void action(JsonBytes json, String index, String id, long version, String versionType) {
        json.object()
                .object("index")
                .text("_index", index)
                .text("_id", id)
                .number("version", version)
                .text("version_type", versionType)
                .end()
                .end()
                .newline();
    }

    /** Text from outside as part of an id: itself, or its SHA-256 where it is too long for one. */
    static String idPart(String text) {
        if (text.length() <= LONGEST_ID_PART) {
            return text;
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
