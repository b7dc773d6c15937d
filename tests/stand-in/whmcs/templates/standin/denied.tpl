<div class="alert alert-warning">{if $permission}Your user has no permission for this part of the account ({$permission}).{else}There is no such page.{/if}</div>
