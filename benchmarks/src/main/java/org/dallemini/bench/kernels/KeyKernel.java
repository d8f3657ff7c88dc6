package org.dallemini.bench.kernels;

import org.dallemini.bench.common.Events;
import org.dallemini.events.ImageRequest;
import org.dallemini.schemas.Ids;
import org.dallemini.storage.ObjectKeyTemplate;
import org.openjdk.jmh.annotations.Benchmark;

/** Ids and object keys. */
public class KeyKernel extends Kernel {
    private final ImageRequest request = Events.imageRequest();
    private final ObjectKeyTemplate template = ObjectKeyTemplate.parse("{date:yyyy/MM/dd}/{job}/{image}.png");

    @Benchmark
    public boolean checkId() {
        return Ids.isValid(request.getPromptId());
    }

    @Benchmark
    public String objectKey() {
        return template.keyOf(request);
    }
}
