{{- define "dallemini.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "dallemini.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* Of all that belongs to the release. */}}
{{- define "dallemini.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "dallemini.labels" -}}
{{ include "dallemini.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/* The setting's variable: drain.timeout.ms is DALLEMINI_DRAIN_TIMEOUT_MS. */}}
{{- define "dallemini.variable" -}}
DALLEMINI_{{ . | upper | replace "." "_" }}
{{- end }}

{{- define "dallemini.hasModel" -}}
{{- if or (eq . "token-generator") (eq . "image-decoder") }}true{{ end }}
{{- end }}

{{- define "dallemini.hasBucket" -}}
{{- if or (eq . "prompt-ingest") (eq . "storage-sink") }}true{{ end }}
{{- end }}

{{/* The settings of a stage, or with "setup" those of the jobs before it. A dict with root and stage. */}}
{{- define "dallemini.settings" -}}
{{- $v := .root.Values }}
{{- $own := dict }}
{{- if ne .stage "setup" }}{{ $own = (index $v.stages .stage).settings | default dict }}{{ end }}
{{- $s := dict
  "bootstrap.servers" $v.kafka.bootstrapServers
  "schema.registry.url" $v.schemaRegistry.url
  "topic.prefix" $v.kafka.topicPrefix
  "topic.partitions" $v.kafka.partitions
  "topic.replication" $v.kafka.replication }}
{{- if ne .stage "setup" }}
{{- $_ := set $s "management.host" "0.0.0.0" }}
{{- $_ := set $s "management.port" 8090 }}
{{- $_ := set $s "drain.timeout.ms" (mul $v.drainSeconds 1000) }}
{{- end }}
{{- if include "dallemini.hasBucket" .stage }}
{{- $_ := set $s "s3.endpoint" $v.s3.endpoint }}
{{- $_ := set $s "s3.bucket" $v.s3.bucket }}
{{- end }}
{{- if or (eq .stage "setup") (include "dallemini.hasModel" .stage) }}
{{- $_ := set $s "model" $v.model.name }}
{{- $_ := set $s "models.dir" "/var/lib/dallemini/models/pulled" }}
{{- $_ := set $s "model.cache" "/var/lib/dallemini/models/prepared" }}
{{- end }}
{{- if eq .stage "prompt-ingest" }}
{{- $_ := set $s "state.dir" "/var/lib/dallemini/state" }}
{{- if $v.s3.publicEndpoint }}{{ $_ := set $s "s3.public.endpoint" $v.s3.publicEndpoint }}{{ end }}
{{- if $v.api.enabled }}
{{- $_ := set $s "api.host" "0.0.0.0" }}
{{- $_ := set $s "api.port" 8080 }}
{{- $_ := set $s "api.keys.file" (printf "/etc/dallemini/api/%s" $v.api.keys.key) }}
{{- $_ := set $s "preview.decoder.urls" (printf "http://%s-image-decoder:8090" (include "dallemini.fullname" .root)) }}
{{- else }}
{{- $_ := set $s "api.port" -1 }}
{{- end }}
{{- end }}
{{- range $name, $value := merge (deepCopy $own) $v.settings $s }}
{{ $name }}={{ if or (kindIs "float64" $value) (kindIs "int64" $value) (kindIs "int" $value) }}{{ int64 $value }}{{ else }}{{ $value }}{{ end }}
{{- end }}
{{- end }}

{{/* The variables of a container with secrets. A dict with root, stage and, for those whose names match alone, only. */}}
{{- define "dallemini.secretVariables" -}}
{{- $v := .root.Values }}
{{- $own := dict }}
{{- if ne .stage "setup" }}{{ $own = (index $v.stages .stage).secretSettings | default dict }}{{ end }}
{{- $only := .only | default "" }}
{{- $s := dict }}
{{- if include "dallemini.hasBucket" .stage }}
{{- $_ := set $s "s3.access.key" (dict "secret" $v.s3.credentials.secret "key" $v.s3.credentials.accessKey) }}
{{- $_ := set $s "s3.secret.key" (dict "secret" $v.s3.credentials.secret "key" $v.s3.credentials.secretKey) }}
{{- end }}
{{- range $name, $from := merge (deepCopy $own) $v.secretSettings $s }}
{{- if regexMatch $only $name }}
- name: {{ include "dallemini.variable" $name }}
  valueFrom: {secretKeyRef: {name: {{ $from.secret }}, key: {{ $from.key }}}}
{{- end }}
{{- end }}
{{- end }}

{{- define "dallemini.hubToken" -}}
{{- with .Values.model.hubToken }}{{ if .secret }}
- name: HF_TOKEN
  valueFrom: {secretKeyRef: {name: {{ .secret }}, key: {{ .key }}}}
{{- end }}{{ end }}
{{- end }}

{{/* What every container has, but for the stage's own. */}}
{{- define "dallemini.container" -}}
image: {{ include "dallemini.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext: {{- toYaml .Values.containerSecurityContext | nindent 2 }}
{{- end }}

{{- define "dallemini.mounts" -}}
- {name: settings, mountPath: /etc/dallemini/dallemini.properties, subPath: dallemini.properties, readOnly: true}
- {name: tmp, mountPath: /tmp}
{{- range $folder, $_ := .Values.secretFiles }}
- {name: secret-{{ $folder }}, mountPath: /etc/dallemini/{{ $folder }}, readOnly: true}
{{- end }}
{{- end }}

{{- define "dallemini.volumes" -}}
- name: tmp
  emptyDir: {sizeLimit: {{ .Values.temporaryVolume.size }}}
{{- range $folder, $secret := .Values.secretFiles }}
- name: secret-{{ $folder }}
  secret: {secretName: {{ $secret }}, defaultMode: 288}
{{- end }}
{{- end }}

{{- define "dallemini.pod" -}}
automountServiceAccountToken: false
# Variables of services would be taken for settings: DALLEMINI_API_PORT is api.port.
enableServiceLinks: false
securityContext: {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Fetches the model unless it is there: a folder gets its name when all of it has been checked. */}}
{{- define "dallemini.pull" -}}
- name: pull-model
  {{- include "dallemini.container" . | nindent 2 }}
  command:
    - /bin/bash
    - -euc
    - test -d "/var/lib/dallemini/models/pulled/$0" || exec /opt/dallemini/bin/dallemini models pull "$@" --config /etc/dallemini/dallemini.properties
    - {{ .Values.model.name | quote }}
    {{- range .Values.model.pull }}
    - {{ . | quote }}
    {{- end }}
  env:
    {{- include "dallemini.hubToken" . | nindent 4 }}
    - {name: DALLEMINI_JAVA_OPTS, value: -Xmx512m}
  volumeMounts:
    {{- include "dallemini.mounts" . | nindent 4 }}
    - {name: models, mountPath: /var/lib/dallemini/models}
{{- end }}

{{/*
A container of the setup job. A dict with root, name, command and the secrets it needs. No others: the Secret of a
KafkaUser of this release is not there yet when the schemas are registered.
*/}}
{{- define "dallemini.command" -}}
- name: {{ .name }}
  {{- include "dallemini.container" .root | nindent 2 }}
  args: [{{ .command }}, --config, /etc/dallemini/dallemini.properties]
  env:
    - {name: DALLEMINI_JAVA_OPTS, value: -Xmx128m}
    - {name: DALLEMINI_DATA_DIR, value: /tmp}
    {{- include "dallemini.secretVariables" (dict "root" .root "stage" "setup" "only" .secrets) | nindent 4 }}
  resources: {{- toYaml .root.Values.setup.resources | nindent 4 }}
  volumeMounts:
    {{- include "dallemini.mounts" .root | nindent 4 }}
{{- end }}

{{/* One rule of egress. A peer list with ports; nothing where there are no ports. */}}
{{- define "dallemini.egress" -}}
{{- if .ports }}
- ports:
    {{- range .ports }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
  {{- with .to }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end }}

{{/* Rights for names that begin with a prefix, all names if it is empty. A dict with type, prefix and operations. */}}
{{- define "dallemini.rights" -}}
- resource: {type: {{ .type }}, {{ if .prefix }}name: {{ .prefix }}, patternType: prefix{{ else }}name: "*", patternType: literal{{ end }}}
  operations: [{{ join ", " .operations }}]
{{- end }}

{{/* Who may reach a component. A dict with root and component. */}}
{{- define "dallemini.ingress" -}}
{{- $v := .root.Values }}
{{- if and (hasKey $v.stages .component) $v.networkPolicy.metrics.from }}
- ports: [{protocol: TCP, port: 8090}]
  from: {{- toYaml $v.networkPolicy.metrics.from | nindent 4 }}
{{- end }}
{{- if and (eq .component "image-decoder") $v.api.enabled }}
- ports: [{protocol: TCP, port: 8090}]
  from:
    - podSelector:
        matchLabels: {{- include "dallemini.selector" .root | nindent 10 }}
          app.kubernetes.io/component: prompt-ingest
{{- end }}
{{- if and (eq .component "prompt-ingest") $v.api.enabled }}
- ports: [{protocol: TCP, port: 8080}]
  {{- with $v.networkPolicy.api.from }}
  from: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end }}
