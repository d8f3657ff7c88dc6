package org.dallemini.models.pull;

import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.nio.file.Path;

/**
 * A model that is there.
 *
 * @param fetched whether this pull brought it; it was there already otherwise
 */
public record PulledModel(
        @JsonSerialize(using = ToStringSerializer.class) Path folder, boolean fetched, ModelOrigin provenance) {}
