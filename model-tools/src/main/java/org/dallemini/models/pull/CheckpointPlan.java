package org.dallemini.models.pull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.dallemini.dalle.model.CheckpointFiles;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.models.pull.PullException.Kind;

/** Which files of a checkpoint are needed: small ones first, so that what is wrong shows before the weights. */
final class CheckpointPlan {
    private static final int MAX_INDEX_BYTES = 16 << 20;
    private static final int MAX_SHARDS = 1000;
    /** So that sizes can be added without an overflow. */
    private static final long MAX_FILE_BYTES = 1L << 50;

    private final Remote remote;
    private final Fetcher fetcher;
    private final Retry retry;
    private final List<RemoteFile> files = new ArrayList<>();

    private CheckpointPlan(Remote remote, Fetcher fetcher, Retry retry) {
        this.remote = remote;
        this.fetcher = fetcher;
        this.retry = retry;
    }

    /** Of the model that draws image tokens. */
    static List<RemoteFile> bart(Remote remote, Fetcher fetcher, Retry retry) throws IOException {
        var plan = new CheckpointPlan(remote, fetcher, retry);
        plan.require(CheckpointFiles.CONFIG);
        plan.find(CheckpointFiles.GENERATION_CONFIG).ifPresent(plan.files::add);
        plan.tokenizer();
        plan.weights();
        return plan.files;
    }

    /** Of the model that decodes them. */
    static List<RemoteFile> vqgan(Remote remote, Fetcher fetcher, Retry retry) throws IOException {
        var plan = new CheckpointPlan(remote, fetcher, retry);
        plan.require(CheckpointFiles.CONFIG);
        plan.weights();
        return plan.files;
    }

    /** Of a CLIP. */
    static List<RemoteFile> clip(Remote remote, Fetcher fetcher, Retry retry) throws IOException {
        var plan = new CheckpointPlan(remote, fetcher, retry);
        plan.require(CheckpointFiles.CONFIG);
        plan.require("tokenizer.json");
        plan.weights();
        return plan.files;
    }

    private Optional<RemoteFile> find(String name) throws IOException {
        Optional<RemoteFile> file = retry.call(() -> remote.find(name));
        if (file.isPresent() && file.get().size() > MAX_FILE_BYTES) {
            throw new PullException(
                    Kind.DAMAGED,
                    file.get().location() + " has " + file.get().size() + " bytes by the server's word; no file has");
        }
        return file;
    }

    private void require(String name) throws IOException {
        files.add(find(name)
                .orElseThrow(() -> new PullException(
                        Kind.NOT_FOUND, "There is no " + remote.locate(name) + ", which every model needs")));
    }

    private void tokenizer() throws IOException {
        for (String name : CheckpointFiles.TOKENIZER) {
            find(name).ifPresent(files::add);
        }
        if (!has("tokenizer.json") && !(has("vocab.json") && has("merges.txt"))) {
            throw new PullException(
                    Kind.NOT_FOUND,
                    "There is no " + remote.locate("tokenizer.json") + " (nor vocab.json and merges.txt there)");
        }
    }

    private boolean has(String name) {
        return files.stream().anyMatch(file -> file.name().equals(name));
    }

    private void weights() throws IOException {
        Optional<RemoteFile> whole = find(CheckpointFiles.WEIGHTS);
        if (whole.isPresent()) {
            files.add(whole.get());
            return;
        }
        Optional<RemoteFile> index = find(CheckpointFiles.INDEX);
        if (index.isPresent()) {
            files.add(index.get());
            for (String shard : shards(index.get())) {
                require(shard);
            }
            return;
        }
        files.add(find(CheckpointFiles.SAFETENSORS)
                .orElseThrow(() -> new PullException(
                        Kind.NOT_FOUND,
                        "There is no " + remote.locate(CheckpointFiles.WEIGHTS) + " (nor " + CheckpointFiles.INDEX
                                + " nor " + CheckpointFiles.SAFETENSORS + " there): no weights of Flax")));
    }

    private TreeSet<String> shards(RemoteFile index) throws IOException {
        byte[] json = fetcher.read(remote, index, MAX_INDEX_BYTES);
        TreeSet<String> names;
        try {
            names = new TreeSet<>(CheckpointFiles.shards(json, index.location()).values());
        } catch (ModelException e) {
            throw new PullException(Kind.DAMAGED, Http.reason(e), e);
        }
        if (names.size() > MAX_SHARDS) {
            throw new PullException(
                    Kind.DAMAGED, index.location() + " names " + names.size() + " files; no model is cut into so many");
        }
        for (String name : names) {
            if (has(name) || Fetcher.isUnfinished(name)) {
                throw new PullException(Kind.DAMAGED, index.location() + " names " + name + " as a file of weights");
            }
        }
        return names;
    }
}
