/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.schema;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Writes what {@code docs/topics.md} says of each topic and each type, from the table of topics and the comments. */
final class TopicsPage {

    private static final String PACKAGE = "rhapsode.v1.";

    private final Map<String, String> comments = new HashMap<>();
    private final StringBuilder page = new StringBuilder();
    private final Set<GenericDescriptor> written = new LinkedHashSet<>();
    private final Deque<GenericDescriptor> used = new ArrayDeque<>();

    /** @param schema with source information, a file after those it imports */
    private TopicsPage(FileDescriptorSet schema) throws DescriptorValidationException {
        var files = new HashMap<String, FileDescriptor>();
        for (var file : schema.getFileList()) {
            var imports = file.getDependencyList().stream().map(files::get).toArray(FileDescriptor[]::new);
            files.put(file.getName(), FileDescriptor.buildFrom(file, imports));
            Map<List<Integer>, String> places = new HashMap<>();
            file.getSourceCodeInfo()
                    .getLocationList()
                    .forEach(place -> places.put(place.getPathList(), text(place.getLeadingComments())));
            var read = files.get(file.getName());
            read.getMessageTypes().forEach(message -> comments(message, List.of(4, message.getIndex()), places));
            read.getEnumTypes().forEach(type -> comments(type, List.of(5, type.getIndex()), places));
        }
    }

    private static String text(String comment) {
        return comment.strip()
                .replaceAll("\\s*\\n\\s*", " ")
                .replace("|", "\\|")
                .replace("<", "&lt;");
    }

    /** Places are the paths of descriptor.proto's SourceCodeInfo. */
    private void comments(Descriptor message, List<Integer> path, Map<List<Integer>, String> places) {
        comments.put(message.getFullName(), places.getOrDefault(path, ""));
        message.getFields()
                .forEach(field ->
                        comments.put(field.getFullName(), places.getOrDefault(path(path, 2, field.getIndex()), "")));
        message.getNestedTypes().forEach(type -> comments(type, path(path, 3, type.getIndex()), places));
        message.getEnumTypes().forEach(type -> comments(type, path(path, 4, type.getIndex()), places));
    }

    private void comments(EnumDescriptor type, List<Integer> path, Map<List<Integer>, String> places) {
        comments.put(type.getFullName(), places.getOrDefault(path, ""));
        type.getValues()
                .forEach(value -> comments.put(
                        type.getFullName() + "." + value.getName(),
                        places.getOrDefault(path(path, 2, value.getIndex()), "")));
    }

    private static List<Integer> path(List<Integer> above, int kind, int index) {
        var path = new ArrayList<>(above);
        path.addAll(List.of(kind, index));
        return path;
    }

    static String of(FileDescriptorSet schema) throws DescriptorValidationException {
        var page = new TopicsPage(schema);
        for (Topic topic : Topic.values()) {
            page.topic(topic);
        }
        page.page.append("\n## Types that stand in them\n");
        while (!page.used.isEmpty()) {
            page.type(page.used.pop());
        }
        return page.page.toString();
    }

    private void topic(Topic topic) {
        page.append("\n## ").append(topic.topicName()).append("\n\n");
        page.append(comments.get(topic.schema().getFullName())).append("\n\n| | |\n| --- | --- |\n");
        row(
                "schema",
                "`" + topic.schema().getFullName() + "` in `"
                        + topic.schema().getFile().getName() + "`");
        row("key", topic.key());
        row("partitioning", "Kafka's hash of the key; any partition where there is none");
        row("ordering", topic.ordering());
        row("retention", topic.retention().toDays() + " days");
        row("guarantee", topic.guarantee());
        row("JSON twin", Topic.withJsonTwin().contains(topic) ? "`" + topic.jsonName() + "`" : "none");
        fields(topic.schema());
        written.add(topic.schema());
    }

    private void row(String name, String value) {
        page.append("| ").append(name).append(" | ").append(value).append(" |\n");
    }

    private void type(GenericDescriptor type) {
        if (!written.add(type)) {
            return;
        }
        page.append("\n### ").append(shortName(type)).append("\n");
        String comment = comments.get(type.getFullName());
        page.append(comment.isEmpty() ? "" : "\n" + comment + "\n");
        if (type instanceof Descriptor message) {
            fields(message);
        } else {
            page.append("\n| number | value | meaning |\n| --- | --- | --- |\n");
            ((EnumDescriptor) type)
                    .getValues()
                    .forEach(value -> page.append("| %d | `%s` | %s |\n"
                            .formatted(
                                    value.getNumber(),
                                    value.getName(),
                                    comments.get(type.getFullName() + "." + value.getName()))));
        }
    }

    private void fields(Descriptor message) {
        page.append("\n| number | field | type | meaning |\n| --- | --- | --- | --- |\n");
        for (FieldDescriptor field : message.getFields()) {
            String type = SchemaText.type(field).replace("<", "&lt;");
            page.append("| %d | `%s` | %s | %s |\n"
                    .formatted(
                            field.getNumber(),
                            field.getName(),
                            linked(field, type),
                            comments.get(field.getFullName())));
        }
    }

    /** Types of this page as links, and to be written if they are not yet. */
    private String linked(FieldDescriptor field, String type) {
        if (field.isMapField() || !type.contains(PACKAGE)) {
            return type;
        }
        GenericDescriptor target =
                field.getJavaType() == FieldDescriptor.JavaType.ENUM ? field.getEnumType() : field.getMessageType();
        used.add(target);
        String name = shortName(target);
        String anchor = Topic.RAW.schema().getFullName().equals(target.getFullName())
                ? Topic.RAW.topicName().replace(".", "")
                : name.toLowerCase(Locale.ROOT).replace(".", "");
        return type.replace(PACKAGE + name, "[" + name + "](#" + anchor + ")");
    }

    private static String shortName(GenericDescriptor type) {
        return type.getFullName().substring(PACKAGE.length());
    }
}
