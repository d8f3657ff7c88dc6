package org.dallemini.models.pull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dallemini.clip.Clip;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.model.ModelHome;
import org.dallemini.lock.ProcessLock;
import org.dallemini.models.ModelCheck;
import org.dallemini.models.ModelText;
import org.dallemini.models.pull.ModelOrigin.PulledFile;
import org.dallemini.models.pull.PullException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Puts models into the {@link ModelHome}:
 *
 * <pre>
 * NAME/           a model that is complete, with pull.json beside dalle-bart/ and vqgan/, and the hub's README.md
 * .NAME.pulling/  what has been fetched of one that is not
 * .NAME.lock      held by the process that is pulling
 * .NAME.old/      the model before, while it is being replaced
 * </pre>
 */
final class Puller {
    private static final String CLIP = "clip";

    private final ModelHome home;
    private final Fetcher fetcher;
    private final Retry retry;
    private final PullProgress progress;
    private final Clock clock;

    Puller(ModelHome home, Fetcher fetcher, Retry retry, PullProgress progress, Clock clock) {
        this.home = home;
        this.fetcher = fetcher;
        this.retry = retry;
        this.progress = progress;
        this.clock = clock;
    }

    /**
     * Fetches a model, unless the same is there already.
     *
     * @param replace whether a model of the name from elsewhere, or of another version, may be replaced
     */
    PulledModel pull(String name, Remote bart, Remote vqgan, boolean replace) throws IOException {
        return pull(name, () -> plan(bart, vqgan), new Origins(bart.origin(), vqgan.origin(), null), bart, replace);
    }

    /** The same of a CLIP, whose folder is {@code NAME/clip/}. */
    PulledModel pullClip(String name, Remote clip, boolean replace) throws IOException {
        return pull(
                name,
                () -> plan(CLIP, clip, CheckpointPlan.clip(clip, fetcher, retry)),
                new Origins(null, null, clip.origin()),
                clip,
                replace);
    }

    /** Where the parts come from. */
    private record Origins(
            ModelOrigin.@Nullable Origin bart, ModelOrigin.@Nullable Origin vqgan, ModelOrigin.@Nullable Origin clip) {}

    private interface Planning {
        List<Planned> plan() throws IOException;
    }

    /** @param described where its README.md is */
    private PulledModel pull(String name, Planning planning, Origins origins, Remote described, boolean replace)
            throws IOException {
        Path lockFile = work(name, ".lock");
        try (ProcessLock lock = ProcessLock.tryAcquire(lockFile)
                .orElseThrow(() -> new PullException(
                        Kind.BUSY,
                        ProcessLock.holder(lockFile) + " is pulling " + name + "; wait until it has ended"))) {
            putBack(name);
            List<Planned> plan = planning.plan();
            Readme readme = new Readme(described, fetcher, retry, progress);
            Path model = home.folder(name);
            if (Files.exists(model)) {
                Optional<ModelOrigin> same = same(model, plan, replace);
                if (same.isPresent()) {
                    readme.fetch(model);
                    return new PulledModel(model, false, same.get());
                }
            }
            return fetch(name, origins, plan, readme);
        }
    }

    private Path work(String name, String suffix) {
        return home.folder(name).resolveSibling("." + name + suffix);
    }

    /** A process that is killed between two renames leaves the model before under its other name. */
    private void putBack(String name) throws IOException {
        Path old = work(name, ".old");
        if (Files.exists(old) && !Files.exists(home.folder(name))) {
            Files.move(old, home.folder(name), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private List<Planned> plan(Remote bart, Remote vqgan) throws IOException {
        List<Planned> plan = new ArrayList<>(plan("dalle-bart", bart, CheckpointPlan.bart(bart, fetcher, retry)));
        plan.addAll(plan("vqgan", vqgan, CheckpointPlan.vqgan(vqgan, fetcher, retry)));
        return plan;
    }

    private static List<Planned> plan(String folder, Remote remote, List<RemoteFile> files) {
        return files.stream()
                .map(file -> new Planned(folder + "/" + file.name(), remote, file))
                .toList();
    }

    /** The provenance of what is there if it is what was planned; empty if it shall be fetched. */
    private static Optional<ModelOrigin> same(Path model, List<Planned> plan, boolean replace) throws IOException {
        ModelOrigin there = ModelOrigin.read(model)
                .orElseThrow(() ->
                        new PullException(Kind.REFUSED, model + " is there and was not pulled; choose another --name"));
        boolean same = there.files().size() == plan.size()
                && plan.stream().allMatch(planned -> there.files().stream().anyMatch(file -> file.is(planned)));
        if (same) {
            return there.isWhole(model) ? Optional.of(there) : Optional.empty();
        }
        if (!replace) {
            throw new PullException(
                    Kind.REFUSED,
                    model + " holds another version (" + there.describe()
                            + "); give --replace to replace it, or another --name");
        }
        return Optional.empty();
    }

    private PulledModel fetch(String name, Origins origins, List<Planned> plan, Readme readme) throws IOException {
        Staging staging = Staging.open(work(name, ".pulling"), plan);
        long total = plan.stream().mapToLong(planned -> planned.file().size()).sum();
        requireRoom(staging, total - staging.present());
        progress.begin(total);
        List<PulledFile> files = new ArrayList<>();
        for (Planned planned : plan) {
            RemoteFile file = planned.file();
            String sha256 = fetcher.fetch(planned.remote(), file, staging.place(planned));
            files.add(new PulledFile(planned.path(), file.size(), sha256, file.identity()));
            progress.complete(planned.path(), file.size());
        }
        requireModel(staging);
        readme.fetch(staging.folder());
        var provenance = new ModelOrigin(
                name,
                clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(),
                origins.bart,
                origins.vqgan,
                origins.clip,
                List.copyOf(files));
        provenance.write(staging.folder());
        staging.publish(home.folder(name), work(name, ".old"));
        return new PulledModel(home.folder(name), true, provenance);
    }

    private static void requireRoom(Staging staging, long bytes) throws IOException {
        long free = Files.getFileStore(staging.folder()).getUsableSpace();
        if (free < bytes) {
            throw new PullException(
                    Kind.DISK,
                    "The model needs " + ModelText.megabytes(bytes) + " in " + staging.folder() + ", only "
                            + ModelText.megabytes(free)
                            + " are free; make room, or put pulled models elsewhere with the setting models.dir");
        }
    }

    private static void requireClip(Path folder) throws IOException {
        try {
            Clip.require(folder);
        } catch (ModelException e) {
            throw new PullException(
                    Kind.DAMAGED, "What was fetched is not a CLIP that can be used: " + e.getMessage(), e);
        }
    }

    private static void requireModel(Staging staging) throws IOException {
        Path clip = staging.folder().resolve(CLIP);
        if (Files.isDirectory(clip)) {
            requireClip(clip);
            return;
        }
        List<String> problems = ModelCheck.problemsOfValues(staging.folder());
        if (!problems.isEmpty()) {
            String others = problems.size() == 1
                    ? ""
                    : " (and " + (problems.size() - 1) + " more; see \"dallemini models verify " + staging.folder()
                            + "\")";
            throw new PullException(
                    Kind.DAMAGED, "What was fetched is not a model that can be used: " + problems.get(0) + others);
        }
    }
}
