package org.dallemini.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dallemini.bench.common.MarkdownTable;
import org.dallemini.bench.common.Numbers;
import org.dallemini.bench.models.RatedResult;
import org.dallemini.bench.models.StageResult;
import org.dallemini.bench.peers.PeerResult;

/** Our results beside those of other implementations, for the same stage and batch. */
final class Comparison {
    private Comparison() {}

    /**
     * A row for each result of a peer; the columns after it are our precisions, with how many times faster they are.
     *
     * @param stage {@code tokens} or {@code vqgan}; the VQGAN's images are compared whatever the batch
     */
    static MarkdownTable of(String stage, List<RatedResult> ours, List<PeerResult> peers) {
        List<String> precisions = ours.stream()
                .map(RatedResult::result)
                .filter(result -> result.stage().equals(stage))
                .map(StageResult::precision)
                .distinct()
                .toList();
        List<String> header = new ArrayList<>(List.of(stage + ": peer", "batch", "images/s", "peak MB"));
        precisions.forEach(precision -> {
            header.add("ours, " + precision);
            header.add("peak MB of it");
        });
        var table = new MarkdownTable(header.toArray(String[]::new));
        for (PeerResult peer : peers) {
            if (!peer.stage().equals(stage)) {
                continue;
            }
            List<String> row = new ArrayList<>(List.of(
                    peer.title(),
                    Integer.toString(peer.batch()),
                    Numbers.of(peer.rate()),
                    Numbers.of(peer.rssMb() * 1024 * 1024 / 1e6)));
            for (String precision : precisions) {
                Optional<StageResult> our = ours.stream()
                        .map(RatedResult::result)
                        .filter(result -> result.stage().equals(stage)
                                && result.precision().equals(precision)
                                && (stage.equals(StageResult.VQGAN) || result.batch() == peer.batch()))
                        .findFirst();
                row.add(our.map(result -> Numbers.of(result.imagesPerSecond()) + " = "
                                + Numbers.times(result.imagesPerSecond() / peer.rate()))
                        .orElse(""));
                row.add(our.map(result -> Numbers.of(result.peakMb())).orElse(""));
            }
            table.row(row.toArray(String[]::new));
        }
        return table;
    }
}
