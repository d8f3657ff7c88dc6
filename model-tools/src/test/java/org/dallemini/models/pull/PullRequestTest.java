package org.dallemini.models.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.util.Map;
import org.dallemini.models.pull.PullException.Kind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PullRequestTest {
    private static final HubRepository VQGAN =
            new HubRepository("dalle-mini/vqgan_imagenet_f16_16384", "e93a26e7707683d349bf5d5c41c5b0ef69b677a9");

    @ParameterizedTest
    @CsvSource({
        "mini, mini, dalle-mini/dalle-mini",
        "mega, mega, dalle-mini/dalle-mega",
        "dalle-mini/dalle-mini, mini, dalle-mini/dalle-mini",
        "dalle-mini/dalle-mega, mega, dalle-mini/dalle-mega"
    })
    void shouldKnowThePublishedModels(String model, String name, String repository) throws PullException {
        assertThat(PullRequest.parse(model, null, null, null))
                .isEqualTo(new PullRequest(name, new ModelSource.Hub(new HubRepository(repository, "main"), VQGAN)));
    }

    @Test
    void shouldTakeRepositoriesAndRevisions() throws PullException {
        assertThat(PullRequest.parse("Ada/my.model@refs/pr/1", null, "ada/vq@v1", "mine"))
                .isEqualTo(new PullRequest(
                        "mine",
                        new ModelSource.Hub(
                                new HubRepository("Ada/my.model", "refs/pr/1"), new HubRepository("ada/vq", "v1"))));
        assertThat(PullRequest.parse("mini", "abc", null, "old").source())
                .isEqualTo(new ModelSource.Hub(new HubRepository("dalle-mini/dalle-mini", "abc"), VQGAN));
    }

    @Test
    void shouldTakeFolders() throws PullException {
        assertThat(PullRequest.parse("https://host/models/mini/", null, null, "mine")
                        .source())
                .isEqualTo(new ModelSource.Web(URI.create("https://host/models/mini")));
        assertThat(PullRequest.parse("s3://bucket/models/mini/", null, null, "mine")
                        .source())
                .isEqualTo(new ModelSource.Bucket("bucket", "models/mini/"));
        assertThat(PullRequest.parse("s3://bucket", null, null, "mine").source())
                .isEqualTo(new ModelSource.Bucket("bucket", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "foo",
                "a/b/c",
                "../b",
                "a/..",
                "a/b@",
                "a/b@../c",
                "a/b@-x",
                "a/b@c//d",
                "a/b c",
                "a/b\n",
                "file:///etc",
                "https://user:secret@host/a",
                "https://host/a?b=c",
                "https:///a",
                "s3://B",
                "s3:///a"
            })
    void shouldRefuseWhatIsNoModel(String model) {
        // When
        PullException failure =
                catchThrowableOfType(PullException.class, () -> PullRequest.parse(model, null, null, "mine"));

        // Then
        assertThat(failure.kind()).isEqualTo(Kind.MISUSE);
        assertThat(failure).hasMessageNotContaining("secret");
    }

    @Test
    void shouldAskForWhatIsMissingAndRefuseWhatContradicts() {
        expect("--name", "ada/model", null, null, null);
        expect("--name \"../x\"", "mini", null, null, "../x");
        expect("--revision", "https://host/a", "main", null, "mine");
        expect("--vqgan", "s3://bucket/a", null, "a/b", "mine");
        expect("once", "a/b@c", "d", null, "mine");
    }

    private static void expect(
            String message, String model, @Nullable String revision, @Nullable String vqgan, @Nullable String name) {
        assertThat(catchThrowableOfType(PullException.class, () -> PullRequest.parse(model, revision, vqgan, name)))
                .hasMessageContaining(message);
    }

    @Test
    void shouldReadTheEnvironment() throws PullException {
        // When / Then
        assertThat(HubAccess.of(Map.of(), null)).isEqualTo(new HubAccess(URI.create("https://huggingface.co"), null));
        assertThat(HubAccess.of(Map.of("HF_ENDPOINT", "https://mirror/hf/", "HF_TOKEN", " hf_x\n"), null))
                .isEqualTo(new HubAccess(URI.create("https://mirror/hf"), "hf_x"))
                .hasToString("https://mirror/hf with a token");
        assertThat(HubAccess.of(Map.of("HF_ENDPOINT", "https://mirror", "HF_HUB_OFFLINE", "0"), "https://other"))
                .isEqualTo(new HubAccess(URI.create("https://other"), null));
        assertThat(catchThrowableOfType(PullException.class, () -> HubAccess.of(Map.of("HF_TOKEN", "a\u00e9b"), null)))
                .hasMessageContaining("HF_TOKEN")
                .hasMessageNotContaining("\u00e9");
        assertThat(catchThrowableOfType(PullException.class, () -> HubAccess.of(Map.of("HF_HUB_OFFLINE", "1"), null)))
                .hasMessageContaining("HF_HUB_OFFLINE");
    }
}
