/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhapsode.schema.Indices;
import java.io.IOException;
import java.util.stream.Stream;
import org.elasticsearch.client.RestClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TemplateInstallerTest {

    private FakeElasticsearch elasticsearch;
    private RestClient client;
    private TemplateInstaller installer;

    @BeforeEach
    void start() throws IOException {
        elasticsearch = new FakeElasticsearch().withTemplates();
        client = elasticsearch.client();
        installer = new TemplateInstaller(client, IndexNames.DAILY);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        elasticsearch.close();
    }

    @Test
    void absentTemplatesAreInstalledOnce() throws IOException {
        elasticsearch.templates.clear();
        installer.install();
        installer.install();
        assertThat(elasticsearch.templatesPut)
                .containsExactlyElementsOf(
                        Stream.of(Indices.values()).map(Indices::alias).toList());
    }

    @Test
    void anOlderTemplateIsReplacedAndTheOthersAreLeft() throws IOException {
        elasticsearch.templates.put(Indices.CALLS.alias(), 0);
        installer.install();
        assertThat(elasticsearch.templatesPut).containsExactly(Indices.CALLS.alias());
    }

    @Test
    void aNewerTemplateIsLeftAsItIs() throws IOException {
        elasticsearch.templates.put(Indices.SIP.alias(), 1_000);
        installer.install();
        assertThat(elasticsearch.templatesPut).isEmpty();
        assertThat(elasticsearch.templates).containsEntry(Indices.SIP.alias(), 1_000);
    }

    @Test
    void aRefusalIsNoSuccess() {
        elasticsearch.status = 503;
        assertThatThrownBy(installer::install).isInstanceOf(IOException.class);
    }

    @Test
    void nothingIsReadyWhileADayIsFiledInTheOtherWay() throws IOException {
        elasticsearch.indices.put("rhapsode-sip-v1-2026.11.26.10", 0L);
        assertThatThrownBy(installer::install).hasMessageContaining("rhapsode-sip-v1-2026.11.26.10");
        elasticsearch.indices.clear();
        installer.install();
    }
}
