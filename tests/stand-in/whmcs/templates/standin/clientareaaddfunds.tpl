{if $addfundsdisabled}
<div class="alert alert-danger">The add funds functionality is not enabled.</div>
{elseif $notallowed}
<div class="alert alert-danger">You must have at least one active order before you can add funds.</div>
{else}
{if $errormessage}<div class="alert alert-danger" id="errormessage">{$errormessage}</div>{/if}
<p>Add funds to your account with us to avoid lots of small transactions and to automatically take care of any new invoices that are generated.</p>
<div class="row">
  <div class="col-sm-5">
    <table class="table table-striped">
      <tr><td class="text-right">Minimum Deposit</td><td><strong id="minimumamount">{$minimumamount}</strong></td></tr>
      <tr><td class="text-right">Maximum Deposit</td><td><strong id="maximumamount">{$maximumamount}</strong></td></tr>
      <tr><td class="text-right">Maximum Balance</td><td><strong id="maximumbalance">{$maximumbalance}</strong></td></tr>
      <tr><td class="text-right">Credit Balance</td><td><strong>{$creditbalance}</strong></td></tr>
    </table>
  </div>
  <div class="col-sm-7">
    <form method="post" action="/clientarea.php?action=addfunds">
      <input type="hidden" name="token" value="{$token}">
      <div class="form-group"><label for="amount">Amount to Add</label><input class="form-control" type="text" name="amount" id="amount" value="{$amount}" required></div>
      <div class="form-group"><label for="paymentmethod">Payment Method</label>
        <select class="form-control" name="paymentmethod" id="paymentmethod">{foreach $gateways as $gateway}<option value="{$gateway.sysname}">{$gateway.name}</option>{/foreach}</select></div>
      <button type="submit" class="btn btn-primary">Add Funds</button>
      <p class="help-block">All deposits are non-refundable.</p>
    </form>
  </div>
</div>
{/if}
