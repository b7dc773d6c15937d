{* The service escapes its own HTML; the message is plain text. *}
<div class="creditbridge creditbridge-client">
{if $creditbridgeMessage}
    <div class="alert alert-info" role="status">{$creditbridgeMessage|escape:'html'}</div>
{/if}
{$creditbridgeHtml nofilter}
</div>
