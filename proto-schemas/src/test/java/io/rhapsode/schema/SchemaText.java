/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.schema;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The schema as lines of text, and what a new one may not do to an old one. A line is the full name of a field, its
 * number and its type ("rhapsode.v1.Call.hosts 22 repeated string"), a value of an enum, or a topic with its message.
 */
final class SchemaText {

    private SchemaText() {}

    /** Of everything the topics carry, sorted by name. */
    static List<String> ofTopics() {
        var lines = new TreeSet<String>();
        for (Topic topic : Topic.values()) {
            lines.add("topic " + topic.topicName() + " " + topic.schema().getFullName());
            file(topic.schema().getFile(), lines);
        }
        return List.copyOf(lines);
    }

    /** Of one file and what it imports. */
    static void file(FileDescriptor file, Set<String> lines) {
        file.getMessageTypes().forEach(message -> message(message, lines));
        file.getEnumTypes().forEach(type -> values(type, lines));
        file.getDependencies().forEach(dependency -> file(dependency, lines));
    }

    private static void message(Descriptor message, Set<String> lines) {
        message.getFields()
                .forEach(field -> lines.add("%s %d %s".formatted(field.getFullName(), field.getNumber(), type(field))));
        message.getEnumTypes().forEach(type -> values(type, lines));
        message.getNestedTypes().stream()
                .filter(nested -> !nested.getOptions().getMapEntry())
                .forEach(nested -> message(nested, lines));
    }

    private static void values(EnumDescriptor type, Set<String> lines) {
        type.getValues()
                .forEach(value ->
                        lines.add("%s.%s %d value".formatted(type.getFullName(), value.getName(), value.getNumber())));
    }

    /** As the .proto file has it, types of ours with their full names. */
    static String type(FieldDescriptor field) {
        if (field.isMapField()) {
            var entry = field.getMessageType();
            return "map<" + name(entry.findFieldByNumber(1)) + ", " + name(entry.findFieldByNumber(2)) + ">";
        }
        String label = field.isRepeated() ? "repeated " : field.toProto().getProto3Optional() ? "optional " : "";
        return label + name(field);
    }

    private static String name(FieldDescriptor field) {
        return switch (field.getType()) {
            case MESSAGE -> field.getMessageType().getFullName();
            case ENUM -> field.getEnumType().getFullName();
            default -> field.getType().name().toLowerCase(Locale.ROOT);
        };
    }

    /** A sentence for everything that a reader or writer of the released schema would stumble over. */
    static List<String> broken(List<String> released, List<String> now) {
        Map<String, String> types = byName(now);
        Map<String, String> places = now.stream().collect(Collectors.toMap(SchemaText::place, SchemaText::name));
        return released.stream()
                .filter(line -> !line.equals(name(line) + " " + types.get(name(line))))
                .map(line -> sentence(line, types.get(name(line)), places.get(place(line))))
                .toList();
    }

    private static String sentence(String line, String rest, String holder) {
        String released = line.substring(name(line).length() + 1);
        if (rest != null) {
            return "%s was %s in the released schema and is %s: give it back, and add another beside it"
                    .formatted(name(line), released, rest);
        }
        return holder == null
                ? "%s (%s) is of the released schema and may not go".formatted(name(line), released)
                : "%s (%s) is of the released schema, but its number is %s now: a new field takes a new number"
                        .formatted(name(line), released, holder);
    }

    private static Map<String, String> byName(List<String> lines) {
        var types = new LinkedHashMap<String, String>();
        lines.forEach(line -> types.put(name(line), line.substring(name(line).length() + 1)));
        return types;
    }

    private static String name(String line) {
        String[] words = line.split(" ");
        return words[0].equals("topic") ? words[0] + " " + words[1] : words[0];
    }

    /** What may be taken only once: a number of a message or enum, or a topic's name. */
    private static String place(String line) {
        String name = name(line);
        return name.startsWith("topic ") ? name : name.substring(0, name.lastIndexOf('.')) + " " + line.split(" ")[1];
    }
}
