<div class="row"><div class="col-sm-8 col-centered">
  <div class="panel panel-info"><div class="panel-heading"><h3 class="panel-title">Invoice #{$invoiceid}: {$balance}</h3></div><div class="panel-body">
    <p>This page belongs to the test gateway. No card is charged; choose what becomes of the payment.</p>
    <form method="post" action="/modules/gateways/standincard/pay.php">
      <input type="hidden" name="token" value="{$token}"><input type="hidden" name="invoiceid" value="{$invoiceid}">
      <div class="form-group"><label for="amount">Amount</label><input class="form-control" id="amount" name="amount" value="{$amount}"><p class="help-block">Less is a part payment; more goes to the client's credit.</p></div>
      <button class="btn btn-success" name="outcome" value="pay" type="submit">Pay</button>
      <button class="btn btn-danger" name="outcome" value="decline" type="submit">Decline</button>
      <button class="btn btn-default" name="outcome" value="repeat" type="submit">Pay, and repeat the callback</button>
      <button class="btn btn-warning" name="outcome" value="timeout" type="submit">Charge, then time out</button>
    </form>
  </div></div>
</div></div>
