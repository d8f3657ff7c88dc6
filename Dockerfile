# One image for every stage; the command says which: `docker run IMAGE token-generator`.
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -ntp -DskipTests -Dspotless.check.skip=true -pl cli -am package

# Ubuntu, not Alpine: the native libraries of ONNX Runtime and the tokenizer need glibc and libstdc++.
FROM eclipse-temurin:17-jre-noble
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl libstdc++6 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home dallemini \
    && mkdir -p /opt/dallemini/bin /var/lib/dallemini/models /var/lib/dallemini/keys \
    && ln -s ../dallemini /opt/dallemini/bin/dallemini \
    && chown -R dallemini /var/lib/dallemini
COPY --from=build /src/cli/target/dist/lib /opt/dallemini/lib
COPY --from=build /src/models /opt/dallemini/models
COPY --from=build /src/dallemini /opt/dallemini/dallemini
COPY --from=build /src/tools/class-archive /opt/dallemini/tools/class-archive
# Of this image's own Java, and of the jars where they lie: every start is several times faster.
RUN /opt/dallemini/tools/class-archive /opt/dallemini
# Within a container the management port has to be reachable from outside the process's own loopback.
ENV DALLEMINI_MANAGEMENT_HOST=0.0.0.0 \
    DALLEMINI_MANAGEMENT_PORT=8090 \
    DALLEMINI_MODEL_CACHE=/var/lib/dallemini/models
USER dallemini
WORKDIR /home/dallemini
EXPOSE 8090
HEALTHCHECK --interval=10s --timeout=5s --start-period=5m --retries=6 \
    CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8090/readyz"]
ENTRYPOINT ["/opt/dallemini/bin/dallemini"]
