/**
 * Lists the network failure messages of Windows, .NET and glibc, in the languages of the messages that users paste. Each
 * entry is the part of a message that distinguishes the message from all other messages in the same language.
 */

const sentences: ReadonlyArray<readonly [key: string, parts: ReadonlyArray<string>]> = [
  ["ECONNREFUSED", [
    "Zielcomputer die Verbindung verweigerte", "Verbindungsaufbau abgelehnt", "Verbindung verweigert",
    "cible l'a expressément refusée", "Connexion refusée",
    "denegó expresamente dicha conexión", "Conexión rehusada", "Conexión rechazada",
    "Rifiuto persistente del computer", "Connessione rifiutata",
    "destino as recusou ativamente", "Conexão recusada",
    "отверг запрос на подключение", "В соединении отказано",
    "目标计算机积极拒绝", "拒绝连接", "拒絕連線", "連線遭拒",
    "対象のコンピューターによって拒否", "接続を拒否されました",
    "컴퓨터에서 연결을 거부", "연결이 거부됨",
    "docelowy aktywnie go odmawia", "Połączenie odrzucone",
    "verbinding actief heeft geweigerd", "Verbinding is geweigerd",
    "etkin olarak reddettiğinden", "Bağlantı reddedildi",
  ]],
  ["connect ETIMEDOUT", [
    "nach einer bestimmten Zeitspanne nicht", "Wartezeit für die Verbindung ist abgelaufen",
    "répondu convenablement au-delà d'une certaine durée", "Connexion terminée par expiration",
    "no respondió adecuadamente tras un periodo", "Expiró el tiempo de conexión",
    "Risposta non corretta della parte connessa", "Connessione scaduta",
    "não respondeu corretamente após um período", "Tempo esgotado para conexão",
    "от другого компьютера за требуемое время", "Время ожидания соединения истекло",
    "连接的主机没有反应", "连接超时", "連線逾時",
    "正しく応答しなかったため", "接続がタイムアウトしました",
    "제대로 응답하지 않았거나", "연결 시간 초과",
    "podłączona strona nie odpowiedziała", "Przekroczony czas oczekiwania na połączenie",
  ]],
  ["RequestTimedOut", [
    "Zeitlimit überschritten", "Zeitüberschreitung", "Le délai d'attente de l'opération a", "Délai d'attente dépassé",
    "Se excedió el tiempo de espera", "tiempo de espera agotado", "Timeout dell'operazione",
    "O tempo limite da operação", "Время ожидания операции истекло", "操作超时", "操作已超时", "作業逾時", "操作がタイムアウト",
  ]],
  ["ECONNRESET", [
    "Verbindung wurde vom Remotehost geschlossen", "vom Kommunikationspartner zurückgesetzt",
    "dû être fermée par l'hôte distant", "ré-initialisée par le correspondant",
    "interrupción de una conexión existente", "reinicializada por la máquina remota",
    "interrotta forzatamente dall'host remoto", "interrotta dal corrispondente",
    "cancelamento de uma conexão existente", "Conexão fechada pela outra ponta",
    "принудительно разорвал существующее", "Соединение разорвано другой стороной",
    "强迫关闭了一个现有的连接", "连接被对方重", "遠端主機已強制關閉",
    "リモート ホストに強制的に切断", "接続が相手からリセット",
    "gwałtownie zamknięte przez zdalnego", "zerwane przez drugą stronę",
  ]],
  ["ENOTFOUND", [
    "angegebene Host ist unbekannt", "Host unbekannt", "Remotename konnte nicht aufgelöst werden", "Name oder der Dienst ist nicht bekannt",
    "Hôte inconnu", "nom distant n'a pas pu être résolu", "Nom ou service inconnu",
    "Host desconocido", "resolver el nombre remoto", "Nombre o servicio desconocido",
    "Host sconosciuto", "risolvere il nome remoto", "Nome o servizio sconosciuto",
    "Este host não é conhecido", "nome remoto não pôde ser resolvido", "Nome ou serviço desconhecido",
    "Этот хост неизвестен", "разрешить удаленное имя", "Имя или служба не известны",
    "不知道这样的主机", "解析此远程名称", "未知的名称或服务", "無法識別這台主機",
    "そのようなホストは不明", "リモート名を解決できません", "名前またはサービスが不明",
    "Nieznany host", "Nieznana nazwa lub usługa",
  ]],
  ["EAI_*", [
    "Fehler bei der Namensauflösung", "temporaire dans la résolution du nom", "temporal en la resolución del nombre",
    "temporaneo nella risoluzione del nome", "temporária na resolução de nome", "сбой в разрешении имен", "域名解析暂时失败", "名前解決に一時的に失敗",
  ]],
  ["connect *", [
    "Keine Route zum Zielrechner", "Das Netzwerk ist nicht erreichbar", "chemin d'accès pour atteindre l'hôte", "Le réseau n'est pas accessible",
    "ninguna ruta hasta", "La red es inaccesible", "Nessun instradamento per l'host", "La rete non è raggiungibile",
    "Não há rota para o host", "A rede está fora de alcance", "Нет маршрута до узла", "Сеть недоступна", "没有到主机的路由", "网络不可达",
    "ホストへの経路がありません",
  ]],
  ["UNABLE_TO_*", [
    "keine Vertrauensstellung hergestellt", "Remotezertifikat ist laut Validierungsverfahren ungültig",
    "établir une relation de confiance pour le canal", "certificat distant n'est pas valide",
    "establecer una relación de confianza para el canal", "certificado remoto no es válido",
    "relazione di trust per il canale", "certificato remoto non è stato considerato valido",
    "relação de confiança para o canal", "certificado remoto é inválido",
    "доверительные отношения для защищенного канала", "удаленный сертификат недействителен",
    "安全通道建立信任关系", "远程证书无效", "チャネルに対する信頼関係を確立", "リモート証明書は無効",
  ]],
  ["ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", [
    "geschützter SSL/TLS-Kanal erstellt werden", "créer un canal sécurisé SSL/TLS", "crear un canal seguro SSL/TLS",
    "creare un canale sicuro SSL/TLS", "criar um canal seguro para SSL/TLS", "защищенный канал SSL/TLS", "创建 SSL/TLS 安全通道", "チャネルを作成できませんでした",
  ]],
] // prettier-ignore

/**
 * Returns the key of the transport row for a message in a language other than English. English messages have their own table.
 */
export const keyOf = (text: string): string | undefined => {
  // Web pages and word processors use typographic apostrophes.
  const plain = text.replaceAll("’", "'")
  return sentences.find(([, parts]) => parts.some((part) => plain.includes(part)))?.[0]
}
