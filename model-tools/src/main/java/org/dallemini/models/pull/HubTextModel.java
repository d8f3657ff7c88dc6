package org.dallemini.models.pull;

import java.io.IOException;
import java.util.Optional;
import org.dallemini.dalle.model.CheckpointFiles;
import org.dallemini.models.pull.PullException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * A text model in a repository of a hub. The original takes its list of words from the repository of DALL·E mini
 * whatever the model ({@code text.py} of dalle-mini 0.1.5); this does where the model's own repository has none.
 */
final class HubTextModel implements Remote {
    static final HubRepository WORDS = new HubRepository("dalle-mini/dalle-mini", HubRepository.DEFAULT_REVISION);

    /** Opens a repository of the same hub. */
    @FunctionalInterface
    interface Hub {
        Remote open(HubRepository repository) throws IOException;
    }

    private final Remote model;
    private final Hub hub;
    private @Nullable Remote lender;
    private @Nullable RemoteFile borrowed;

    HubTextModel(Remote model, Hub hub) {
        this.model = model;
        this.hub = hub;
    }

    @Override
    public ModelOrigin.Origin origin() {
        return model.origin();
    }

    @Override
    public String locate(String name) {
        return model.locate(name);
    }

    @Override
    public Optional<RemoteFile> find(String name) throws IOException {
        Optional<RemoteFile> own = model.find(name);
        return own.isPresent() || !name.equals(CheckpointFiles.WORD_LIST) ? own : borrow(name);
    }

    @Override
    public Optional<RemoteFile> readme() throws IOException {
        return model.readme();
    }

    private Optional<RemoteFile> borrow(String name) throws IOException {
        try {
            Remote words = hub.open(WORDS);
            Optional<RemoteFile> file = words.find(name);
            lender = words;
            borrowed = file.orElse(null);
            return file;
        } catch (PullException e) {
            if (e.kind() == Kind.NOT_FOUND || e.kind() == Kind.DENIED) {
                return Optional.empty(); // a hub without it; models that read their prompts as they are need no words
            }
            throw e;
        }
    }

    @Override
    public Body open(RemoteFile file, long from) throws IOException {
        return (lender != null && file.equals(borrowed) ? lender : model).open(file, from);
    }

    @Override
    public void close() {
        model.close();
        if (lender != null) {
            lender.close();
        }
    }
}
