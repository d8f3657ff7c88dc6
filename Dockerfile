# One image for every stage; the command says which: `docker run IMAGE token-generator`. For both kinds of processors:
# `docker buildx build --platform linux/amd64,linux/arm64 .`
# The jars are the same for all: made once, by the builder's own processor.
FROM --platform=$BUILDPLATFORM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -ntp -DskipTests -Dspotless.check.skip=true -pl cli -am package

# What runs: a Java of what the program needs, and of the jars' native libraries those of this platform.
FROM eclipse-temurin:17-jdk-noble AS runtime
ARG TARGETARCH=amd64
RUN jlink --no-header-files --no-man-pages --compress=2 --output /opt/java --add-modules java.se,\
jdk.charsets,jdk.crypto.ec,jdk.httpserver,jdk.jfr,jdk.management,jdk.management.agent,jdk.net,\
jdk.security.auth,jdk.security.jgss,jdk.unsupported,jdk.zipfs \
    && /opt/java/bin/java -Xshare:dump
COPY --from=build /src/cli/target/dist/lib /opt/dallemini/lib
COPY --from=build /src/cli/target/dist/bom.json /opt/dallemini/bom.json
COPY --from=build /src/models /opt/dallemini/models
COPY --from=build /src/dallemini /opt/dallemini/dallemini
COPY --from=build /src/tools /opt/dallemini/tools
# The archive is of this very Java, and of the jars where they lie: every start is several times faster.
RUN java /opt/dallemini/tools/TrimNatives.java /opt/dallemini/lib linux-$TARGETARCH \
    && JAVA_HOME=/opt/java /opt/dallemini/tools/class-archive /opt/dallemini \
    && rm -r /opt/dallemini/tools

# Ubuntu, not Alpine: the native libraries of ONNX Runtime and the tokenizer need glibc and libstdc++.
FROM ubuntu:noble
LABEL org.opencontainers.image.title="DALL·E mini on Kafka" \
      org.opencontainers.image.description="Turns a stream of prompts into images in object storage, on the JVM." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="docker.io/library/ubuntu:noble"
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl libstdc++6 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 dallemini \
    && useradd --system --uid 10001 --gid 10001 --create-home dallemini \
    && mkdir -p /opt/dallemini/bin /var/lib/dallemini/models /var/lib/dallemini/keys /var/lib/dallemini/state \
    && ln -s ../dallemini /opt/dallemini/bin/dallemini \
    && chown -R dallemini /var/lib/dallemini
COPY --from=runtime /opt/java /opt/java
# bom.json beside it says what is in it (CycloneDX).
COPY --from=runtime /opt/dallemini /opt/dallemini
# Within a container the management port has to be reachable from outside the process's own loopback. Nothing is written
# but below /tmp and /var/lib/dallemini: the root file system may be read-only, with a volume at each.
ENV JAVA_HOME=/opt/java \
    LANG=C.UTF-8 \
    DALLEMINI_DATA_DIR=/var/lib/dallemini \
    DALLEMINI_MANAGEMENT_HOST=0.0.0.0 \
    DALLEMINI_MANAGEMENT_PORT=8090 \
    DALLEMINI_MODEL_CACHE=/var/lib/dallemini/models
USER dallemini
WORKDIR /home/dallemini
EXPOSE 8090
HEALTHCHECK --interval=10s --timeout=5s --start-period=5m --retries=6 \
    CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8090/readyz"]
ENTRYPOINT ["/opt/dallemini/bin/dallemini"]
